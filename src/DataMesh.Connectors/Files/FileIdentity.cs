using System.Security.Cryptography;

namespace DataMesh.Connectors.Files;

/// <summary>What tells a file's content from another under the same name: size, time of change and a hash of its head.</summary>
internal static class FileIdentity
{
    private const int HeadBytes = 4096;

    /// <summary>The identity of a file as it is now.</summary>
    public static string Of(FileInfo file)
    {
        using var handle = File.OpenHandle(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> head = stackalloc byte[HeadBytes];
        var length = RandomAccess.Read(handle, head, 0);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(head[..length], hash);
        return $"{file.Length}-{file.LastWriteTimeUtc.Ticks}-{Convert.ToHexStringLower(hash[..8])}";
    }
}
