using DataMesh.Cli.Output;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;

namespace DataMesh.Cli.Doctor;

/// <summary>Checks of a folder that tables should be written to.</summary>
internal static class FolderChecks
{
    private const long FreeBytesWanted = 1L << 30;
    private const string Advice = "This file system can not hold tables: commits could overwrite each other.";

    public static IEnumerable<Check> Run(string folder)
    {
        folder = Path.GetFullPath(folder);
        if (!Directory.Exists(folder)) return [new Check("folder", CheckState.Fail, $"{folder} is not there", "Create it, or name another one.")];
        var checks = new List<Check> { DiskSpace(folder) };
        var trial = Path.Combine(folder, $".datamesh-doctor-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(trial);
            checks.Add(new Check("write", CheckState.Ok, $"{folder} can be written to"));
            checks.Add(Sync(trial));
            checks.Add(PutIfAbsent(trial));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            checks.Add(new Check("write", CheckState.Fail, error.Message, "Give this user the right to write here, or name another folder."));
        }
        finally
        {
            if (Directory.Exists(trial)) Directory.Delete(trial, recursive: true);
        }

        return checks;
    }

    private static Check DiskSpace(string folder)
    {
        var drive = new DriveInfo(folder);
        var found = $"{Units.Bytes(drive.AvailableFreeSpace)} free of {Units.Bytes(drive.TotalSize)} ({drive.DriveFormat})";
        return drive.AvailableFreeSpace >= FreeBytesWanted
            ? new Check("disk", CheckState.Ok, found)
            : new Check("disk", CheckState.Warn, found, "Runs need room for the data they write.");
    }

    private static Check Sync(string trial)
    {
        var started = TimeProvider.System.GetTimestamp();
        using (var file = new FileStream(Path.Combine(trial, "sync"), FileMode.CreateNew))
        {
            file.Write("x"u8);
            file.Flush(flushToDisk: true);
        }

        var took = TimeProvider.System.GetElapsedTime(started);
        return new Check("fsync", CheckState.Ok, $"works, {Units.Time(took)}");
    }

    /// <summary>Commits rely on it: a name is made only where there is none, and of two callers one is told so.</summary>
    private static Check PutIfAbsent(string trial)
    {
        var target = Path.Combine(trial, "target");
        try
        {
            var first = DurableFiles.PutIfAbsent(target, "1"u8);
            var second = DurableFiles.PutIfAbsent(target, "2"u8);
            return first && !second
                ? new Check("put if absent", CheckState.Ok, "works, and refuses a second time")
                : new Check("put if absent", CheckState.Fail, $"answered {first}, then {second}", Advice);
        }
        catch (DataMeshException error)
        {
            return new Check("put if absent", CheckState.Fail, error.Message, Advice);
        }
    }
}
