using System.Globalization;
using DataMesh.Core.Storage;
using Microsoft.Win32.SafeHandles;

namespace DataMesh.Connectors.Files;

/// <summary>
/// What tells a file's content from another under the same name: <c>size-ticks-head-tail</c>, its size, time of change, and hashes of its first and last
/// bytes. From an identity that was noted earlier it can be told whether the file has only grown since.
/// </summary>
internal static class FileIdentity
{
    private const int HashedBytes = 4096;

    /// <summary>The identity of a file as it is now.</summary>
    public static string Of(FileInfo file)
    {
        using var handle = Open(file.FullName);
        var length = RandomAccess.GetLength(handle);
        return string.Create(CultureInfo.InvariantCulture, $"{length}-{file.LastWriteTimeUtc.Ticks}-{Hashes(handle, length)}");
    }

    /// <summary>Whether a file that had the identity <paramref name="before"/> still begins with all that it held then.</summary>
    public static bool HasGrownFrom(string before, string path)
    {
        if (before.Split('-', 3) is not [var size, _, var hashes] || !long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var length)) return false;
        using var handle = Open(path);
        return RandomAccess.GetLength(handle) >= length && Hashes(handle, length) == hashes;
    }

    /// <summary>The byte before a position, or -1 where there is none.</summary>
    public static int ByteBefore(string path, long position)
    {
        using var handle = Open(path);
        Span<byte> one = stackalloc byte[1];
        return position > 0 && RandomAccess.Read(handle, one, position - 1) == 1 ? one[0] : -1;
    }

    private static string Hashes(SafeFileHandle handle, long length) =>
        $"{Hash(handle, 0, Math.Min(length, HashedBytes))}-{Hash(handle, Math.Max(0, length - HashedBytes), length)}";

    private static string Hash(SafeFileHandle handle, long from, long to)
    {
        Span<byte> bytes = stackalloc byte[HashedBytes];
        var wanted = bytes[..(int)(to - from)];
        var read = RandomAccess.Read(handle, wanted, from);
        return Convert.ToHexStringLower(ContentHash.Of(wanted[..read]).AsSpan(0, 8));
    }

    private static SafeFileHandle Open(string path) => File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}
