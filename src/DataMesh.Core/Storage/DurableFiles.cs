using System.Runtime.InteropServices;
using DataMesh.Core.Errors;

namespace DataMesh.Core.Storage;

/// <summary>
/// Writes that survive a crash of the process or of the machine, on a local or NFS file system. When a method returns, the bytes and
/// the name are on disk; when it throws, the name either holds all of the bytes or does not exist.
/// </summary>
public static class DurableFiles
{
    /// <summary>Names of temporary files begin with this; one that a crash left behind may be deleted after a day.</summary>
    public const string TemporaryPrefix = ".tmp-";

    /// <summary>
    /// Creates <paramref name="path"/> with <paramref name="content"/> unless it exists: of any number of callers, in any number of processes,
    /// exactly one creates it. The content must be unique to the caller (hold an id of its own): after "exists" or an ambiguous error
    /// the file is read back, and equal content means that it was this caller who made it.
    /// </summary>
    /// <returns>True when the file holds this content, false when it holds another's.</returns>
    public static bool PutIfAbsent(string path, ReadOnlySpan<byte> content)
    {
        var folder = Path.GetDirectoryName(path)!;
        var temporary = WriteTemporary(folder, content);
        try
        {
            if (OperatingSystem.IsWindows()) return MoveIfAbsent(temporary, path, content);
            if (LibC.Link(temporary, path) != 0 && !SettleAfter(Marshal.GetLastPInvokeError(), path, content)) return false;
            FlushFolder(folder);
            return true;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Replaces <paramref name="path"/> in one step: a reader sees the old content or the new one.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var folder = Path.GetDirectoryName(path)!;
        var temporary = WriteTemporary(folder, content);
        try
        {
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        FlushFolder(folder);
    }

    /// <summary>Creates a folder and every missing one above it, and makes their names durable.</summary>
    public static void CreateFolder(string path)
    {
        if (Directory.Exists(path)) return;
        var parent = Path.GetDirectoryName(Path.GetFullPath(path));
        if (parent is not null) CreateFolder(parent);
        Directory.CreateDirectory(path);
        if (parent is not null) FlushFolder(parent);
    }

    /// <summary>Makes the names in a folder durable (fsync of the folder). Windows does so by itself.</summary>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var descriptor = LibC.Open(path, 0);
        if (descriptor < 0) throw Failure("open", path, Marshal.GetLastPInvokeError());
        var failed = LibC.Fsync(descriptor) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = LibC.Close(descriptor);
        if (failed) throw Failure("fsync", path, error);
    }

    /// <summary>Makes the bytes of a file that was written and closed durable.</summary>
    public static void FlushFile(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }

    private static string WriteTemporary(string folder, ReadOnlySpan<byte> content)
    {
        var temporary = Path.Combine(folder, TemporaryPrefix + Guid.NewGuid().ToString("N"));
        using var handle = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        try
        {
            WriteTorn(handle, content);
            RandomAccess.Write(handle, content, 0);
            RandomAccess.FlushToDisk(handle);
        }
        catch
        {
            // On a full disk its bytes are needed, and nobody else would delete it soon.
            File.Delete(temporary);
            throw;
        }

        return temporary;
    }

    /// <summary>Where processes are simulated, one may die in the middle of a write.</summary>
    private static void WriteTorn(Microsoft.Win32.SafeHandles.SafeFileHandle handle, ReadOnlySpan<byte> content)
    {
        if (CrashPoint.Observer is not { } observer) return;
        RandomAccess.Write(handle, content[..(content.Length / 2)], 0);
        observer(CrashPoints.WriteTorn);
    }

    /// <summary>After link() failed: whose is the file that stands there, if any? NFS may report "exists" to the one who made it.</summary>
    private static bool SettleAfter(int error, string path, ReadOnlySpan<byte> content)
    {
        if (File.Exists(path)) return File.ReadAllBytes(path).AsSpan().SequenceEqual(content);
        if (error == LibC.Exists) throw new IOException($"'{path}' was reported to exist but can not be read.");
        throw Failure("link", path, error);
    }

    private static bool MoveIfAbsent(string temporary, string path, ReadOnlySpan<byte> content)
    {
        try
        {
            // Windows refuses the rename itself when the target exists; no check comes before it.
            File.Move(temporary, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return File.ReadAllBytes(path).AsSpan().SequenceEqual(content);
        }
    }

    private static DataMeshException Failure(string call, string path, int error) => StorageError.Of(error, path) ?? new DataMeshException(
        $"'{path}' can not be written safely: {call}() failed.",
        detail: Marshal.GetPInvokeErrorMessage(error),
        hint: error == LibC.NotFound ? null : "datasets need a local or NFS file system with hard links and fsync");
}
