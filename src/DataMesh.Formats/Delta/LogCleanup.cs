namespace DataMesh.Formats.Delta;

/// <summary>
/// Deletes log entries and checkpoints that no version within the log's retention needs. Every version that is young enough can still be read: the newest
/// checkpoint that is not younger than the oldest of them stays, with all entries after it.
/// </summary>
public static class LogCleanup
{
    /// <summary>Cleans up after a checkpoint was written. Returns how many entries were deleted.</summary>
    public static int Run(DeltaSnapshot snapshot, long nowMs)
    {
        if (snapshot.Metadata.Configuration.GetValueOrDefault(PropertyNames.LogCleanup) == "false") return 0;
        var folder = LogFolder.List(snapshot.Path);
        // Checkpoints of other kinds share files among each other.
        if (folder.Entries.Count == 0 || folder.Checkpoints.Any(checkpoint => checkpoint.Paths.Any(path => Path.GetFileName(path).Count(letter => letter == '-') > 0))) return 0;
        var cutoff = nowMs - (long)Retention.Of(snapshot.Metadata, PropertyNames.LogRetention, Retention.LogDefault).TotalMilliseconds;
        var young = folder.Entries.Cast<long?>().FirstOrDefault(version => WrittenMs(LogFolder.EntryPath(snapshot.Path, version!.Value)) >= cutoff) ?? folder.Latest;
        if (folder.Checkpoints.FirstOrDefault(checkpoint => checkpoint.Version <= young) is not { } needed) return 0;

        // Checkpoints first: one without the entries after it would be of no use.
        foreach (var path in folder.Checkpoints.Where(checkpoint => checkpoint.Version < needed.Version).SelectMany(checkpoint => checkpoint.Paths)) File.Delete(path);
        var deleted = 0;
        foreach (var version in folder.Entries.TakeWhile(version => version < needed.Version))
        {
            File.Delete(LogFolder.EntryPath(snapshot.Path, version));
            File.Delete(Path.ChangeExtension(LogFolder.EntryPath(snapshot.Path, version), ".crc"));
            deleted++;
        }

        return deleted;
    }

    private static long WrittenMs(string path) => new DateTimeOffset(File.GetLastWriteTimeUtc(path)).ToUnixTimeMilliseconds();
}
