using DataMesh.Core.Errors;
using DataMesh.Core.Storage;

namespace DataMesh.Formats.Delta;

/// <summary>How to clean a table's folder up.</summary>
public sealed record VacuumOptions
{
    /// <summary>Files younger than this, and files removed from the table less long ago, are kept. Null takes the table's own, 7 days by default.</summary>
    public TimeSpan? Retention { get; init; }

    /// <summary>Only say what would be deleted.</summary>
    public bool DryRun { get; init; }

    /// <summary>Paths (relative, with <c>/</c>) that unfinished prepared records name: they are spared. Asked for after the folder was listed and before the log is read.</summary>
    public Func<IEnumerable<string>>? Spare { get; init; }
}

/// <summary>What a clean-up found.</summary>
/// <param name="Files">Relative paths that were deleted, or would be.</param>
/// <param name="Bytes">Their size in all.</param>
/// <param name="Kept">Files that stay.</param>
public sealed record VacuumResult(IReadOnlyList<string> Files, long Bytes, int Kept)
{
    /// <summary>Files written since are too young to go.</summary>
    public DateTimeOffset Cutoff { get; init; }
}

/// <summary>
/// Deletes files that no version within the retention time needs. Never touched: live files, tombstones that have not expired, files
/// younger than the retention, what prepared records name, and everything in folders whose name begins with <c>_</c> or <c>.</c>, except keys to delete
/// that were used up.
/// </summary>
public static class DeltaVacuum
{
    private static readonly TimeSpan TemporaryAge = TimeSpan.FromDays(1);

    /// <summary>Cleans a table up.</summary>
    public static VacuumResult Run(string path, VacuumOptions options, TimeProvider clock)
    {
        path = Path.GetFullPath(path);
        // The folder is listed before the log is read: a file that a commit adds in between is then in the log, or too young.
        var deletions = new DirectoryInfo(Path.Combine(path, DeletionFiles.Folder));
        var candidates = List(path).Concat(deletions.Exists ? List(deletions.FullName) : []).ToList();
        // What epochs in flight name is asked for before the log is read, too: an epoch that was committed in between is then in the log.
        var spared = options.Spare?.Invoke().ToList() ?? [];
        var snapshot = DeltaTable.Open(path);
        ProtocolSupport.RequireWritable(snapshot.Protocol, snapshot.Metadata, path);
        var retention = options.Retention ?? Retention.Of(snapshot.Metadata, PropertyNames.DeletedFileRetention, Retention.DeletedFilesDefault);
        if (retention < TimeSpan.Zero) throw new DataMeshException("The retention time can not be negative.");
        var cutoff = clock.GetUtcNow() - retention;
        var needed = Needed(snapshot, cutoff, spared);
        var unneeded = candidates.Where(file => file.Written < cutoff && !needed.Contains(file.FullPath)).ToList();
        if (!options.DryRun) Delete(path, unneeded, clock);
        return new VacuumResult([.. unneeded.Select(file => Path.GetRelativePath(path, file.FullPath).Replace('\\', '/'))], unneeded.Sum(file => file.Bytes), candidates.Count - unneeded.Count) { Cutoff = cutoff };
    }

    private static HashSet<string> Needed(DeltaSnapshot snapshot, DateTimeOffset cutoff, IEnumerable<string> spared)
    {
        var needed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in snapshot.Files) needed.Add(Full(DeltaPath.Decode(file.Path)));
        foreach (var file in snapshot.Tombstones)
            if ((file.DeletionTimestampMs ?? 0) >= cutoff.ToUnixTimeMilliseconds()) needed.Add(Full(DeltaPath.Decode(file.Path)));
        foreach (var file in spared) needed.Add(Full(file));
        return needed;

        string Full(string relative) => Path.GetFullPath(relative, snapshot.Path);
    }

    private static IEnumerable<Candidate> List(string folder)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            if (entry.Name.StartsWith('_') || entry.Name.StartsWith('.')) continue;
            // A link may lead out of the table.
            if (entry.LinkTarget is not null) continue;
            if (entry is FileInfo file) yield return new Candidate(file.FullName, file.Length, file.LastWriteTimeUtc);
            else foreach (var inner in List(entry.FullName)) yield return inner;
        }
    }

    private static void Delete(string path, List<Candidate> files, TimeProvider clock)
    {
        foreach (var file in files) File.Delete(file.FullPath);
        foreach (var folder in files.Select(file => Path.GetDirectoryName(file.FullPath)!).Distinct(StringComparer.Ordinal)) DeleteEmpty(folder, path);
        foreach (var left in Directory.EnumerateFiles(LogFolder.Of(path), DurableFiles.TemporaryPrefix + "*"))
            if (File.GetLastWriteTimeUtc(left) < clock.GetUtcNow() - TemporaryAge) File.Delete(left);
    }

    /// <summary>Deletes partition folders that have become empty. A writer may be about to use one: that it is not empty any more is no error.</summary>
    private static void DeleteEmpty(string folder, string table)
    {
        try
        {
            while (folder.Length > table.Length && !Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
                folder = Path.GetDirectoryName(folder)!;
            }
        }
        catch (IOException)
        {
        }
    }

    private sealed record Candidate(string FullPath, long Bytes, DateTimeOffset Written);
}
