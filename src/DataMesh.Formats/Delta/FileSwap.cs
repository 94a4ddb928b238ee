using System.Text.Json.Nodes;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;

namespace DataMesh.Formats.Delta;

/// <summary>Live files and what takes their place; all of it happens or nothing.</summary>
/// <param name="Removed">Files that go.</param>
/// <param name="Added">Files that come; empty when only whole files are removed.</param>
/// <param name="Rows">Rows that stay behind, that is: are deleted.</param>
public sealed record FileGroup(IReadOnlyList<AddFile> Removed, IReadOnlyList<AddFile> Added, long Rows = 0);

/// <summary>What a swap is, for the log.</summary>
/// <param name="Operation">The operation, as Delta writers name it.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="DataChange">Whether rows come or go; false when they only move to other files.</param>
/// <param name="Metrics">What it did, made from the groups that were committed.</param>
public sealed record SwapInfo(string Operation, JsonObject Parameters, bool DataChange, Func<IReadOnlyList<FileGroup>, IReadOnlyDictionary<string, long>> Metrics);

/// <summary>What became of a swap.</summary>
/// <param name="Version">The version made, or null when no group was left.</param>
/// <param name="Committed">The groups that were swapped.</param>
/// <param name="Overtaken">Groups of which another commit had removed a file: nothing happened to them, and their new files are deleted.</param>
public sealed record SwapResult(long? Version, IReadOnlyList<FileGroup> Committed, IReadOnlyList<FileGroup> Overtaken);

/// <summary>
/// Swaps live files for others by one log entry: compaction, retention. A group goes in only if every file that it removes is live in the version
/// before; so one that was planned long ago, and wakes after another, changes nothing.
/// </summary>
public static class FileSwap
{
    private const int AttemptsMax = 1000;

    /// <summary>Commits the groups that are still possible.</summary>
    public static SwapResult Run(DeltaTable table, IReadOnlyList<FileGroup> groups, SwapInfo info, TimeProvider clock, CancellationToken cancellation)
    {
        var (commitId, overtaken) = (Guid.NewGuid().ToString(), new List<FileGroup>());
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            var snapshot = table.Refresh() ?? throw new DataMeshException($"The table '{table.Path}' is gone.");
            ProtocolSupport.RequireWritable(snapshot.Protocol, snapshot.Metadata, table.Path);
            var dead = groups.Where(group => !group.Removed.All(file => snapshot.IsLive(file.Key))).ToList();
            foreach (var file in dead.SelectMany(group => group.Added)) File.Delete(DeltaPath.Resolve(table.Path, file.Path));
            overtaken.AddRange(dead);
            groups = [.. groups.Except(dead)];
            if (groups.Count == 0) return new SwapResult(null, [], overtaken);
            RequireFiles(table.Path, groups);
            var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var entry = Build(snapshot, groups, info, commitId, nowMs);
            if (!DurableFiles.PutIfAbsent(LogFolder.EntryPath(table.Path, snapshot.Version + 1), entry.Serialise())) continue;
            CrashPoint.Reached(CrashPoints.SwapEntry);
            CheckpointWriter.WriteWhenDue(table, snapshot.Version + 1, nowMs);
            return new SwapResult(snapshot.Version + 1, groups, overtaken);
        }

        throw new DataMeshException($"'{table.Path}' could not be committed: {AttemptsMax} other commits came first.", hint: "too many programs write to this table at once");
    }

    private static LogEntry Build(DeltaSnapshot snapshot, IReadOnlyList<FileGroup> groups, SwapInfo info, string commitId, long nowMs)
    {
        if (info.DataChange && snapshot.Metadata.Configuration.GetValueOrDefault(PropertyNames.AppendOnly) == "true")
            throw new DataMeshException($"The table '{snapshot.Path}' allows appending only.", hint: $"unset {PropertyNames.AppendOnly} to delete rows");
        var written = CommitInfo.Make(info.Operation, (JsonObject)info.Parameters.DeepClone(), nowMs, commitId, snapshot.Version);
        written["operationMetrics"] = CommitInfo.Metrics(info.Metrics(groups));
        var entry = new LogEntry();
        entry.Add(written);
        if (UpkeepCount.Next(snapshot) is { } count) entry.Add(count);
        foreach (var file in groups.SelectMany(group => group.Removed)) entry.Add(RemoveFile.Of(file, nowMs) with { DataChange = info.DataChange });
        foreach (var file in groups.SelectMany(group => group.Added)) entry.Add(file with { DataChange = info.DataChange });
        return entry;
    }

    /// <summary>The new files are nobody's until the entry names them: a clean-up with a very short retention may have taken them.</summary>
    private static void RequireFiles(string table, IReadOnlyList<FileGroup> groups)
    {
        if (groups.SelectMany(group => group.Added).FirstOrDefault(file => !File.Exists(DeltaPath.Resolve(table, file.Path))) is not { } missing) return;
        throw new DataMeshException($"A file that was to join '{table}' is gone.", new Location(DeltaPath.Resolve(table, missing.Path)), hint: "a vacuum ran at the same time: run this again");
    }
}
