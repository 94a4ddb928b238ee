using DataMesh.Core.Errors;

namespace DataMesh.Hosting.Embedded;

/// <summary>
/// Lets one process at a time run a pipeline from a state folder. The lock is the open file itself: it ends with the process, however that ends.
/// Two machines that share the folder are kept apart by the commit protocol, not by this lock.
/// </summary>
internal static class RunLock
{
    public static FileStream Take(string folder, string pipeline)
    {
        var path = Path.Combine(folder, $"{Uri.EscapeDataString(pipeline)}.lock");
        try
        {
            Directory.CreateDirectory(folder);
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception error) when (StorageError.Explain(error, path) is { } known)
        {
            throw new DataMeshException("The state of a run can not be kept here.", new Location(folder), known.Message, $"{known.Hint}; `run --state FOLDER` keeps it elsewhere", error);
        }
        catch (IOException error)
        {
            throw new DataMeshException(
                $"The pipeline '{pipeline}' is running already.", new Location(path), "Another process holds its lock.",
                "wait for it to end; a pipeline of the same name in this folder needs another name", error);
        }
    }
}
