using System.Runtime.InteropServices;

namespace DataMesh.Core.Storage;

/// <summary>The calls of the C library that .NET does not offer: hard links, and fsync of a folder.</summary>
internal static partial class LibC
{
    /// <summary>errno: no such file or folder.</summary>
    public const int NotFound = 2;

    /// <summary>errno: the file exists.</summary>
    public const int Exists = 17;

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Link(string existing, string target);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int process, int signal);
}
