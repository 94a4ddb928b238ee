using DataMesh.Core.Errors;

namespace DataMesh.Core.Storage;

/// <summary>A lock that one process holds at a time, by a file that it has open; it ends with its process, however that ends.</summary>
public static class FileLock
{
    /// <summary>Who holds what, when processes are simulated inside this one.</summary>
    internal static Func<string, IDisposable?>? Simulated { get; set; }

    /// <summary>Takes the lock, until what is returned is disposed of; null while another process, or someone else in this one, holds it.</summary>
    public static IDisposable? TryTake(string path)
    {
        if (Simulated is { } simulated) return simulated(path);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException error) when (error is not (FileNotFoundException or DirectoryNotFoundException) && StorageError.Explain(error, path) is null)
        {
            return null;
        }
    }
}
