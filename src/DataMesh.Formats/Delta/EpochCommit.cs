using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;

namespace DataMesh.Formats.Delta;

/// <summary>
/// Commits an epoch by one log entry. Optimistic: the entry is built from the newest version and put at the next number; who loses the
/// race for the number reads what came between, checks everything again and tries the next one.
/// </summary>
public static class EpochCommit
{
    private const int AttemptsMax = 1000;

    /// <summary>Commits, creating the table on first sight. Returns the version made, or the one that this very epoch had made before.</summary>
    public static long Run(DeltaTable table, SinkCommit commit, TableOptions options, CancellationToken cancellation)
    {
        var commitId = Guid.NewGuid().ToString();
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            var snapshot = table.Refresh();
            if (CommittedBefore(snapshot, commit)) return DeltaTable.FindVersion(table.Path, commit.AppId, commit.Epoch) ?? snapshot!.Version;
            var version = (snapshot?.Version ?? -1) + 1;
            var entry = Build(table.Path, snapshot, commit, options, commitId);
            DurableFiles.CreateFolder(LogFolder.Of(table.Path));
            if (!DurableFiles.PutIfAbsent(LogFolder.EntryPath(table.Path, version), entry.Serialise())) continue;
            CrashPoint.Reached(CrashPoints.CommitEntry);
            CheckpointWriter.WriteWhenDue(table, version, commit.TimeMs);
            return version;
        }

        throw new DataMeshException($"'{table.Path}' could not be committed: {AttemptsMax} other commits came first.", hint: "too many programs write to this table at once");
    }

    /// <summary>The epoch that an application last committed, with the identity of its prepared record.</summary>
    public static (long Epoch, string? PreparedId, string? Domain) LastEpoch(DeltaSnapshot? snapshot, string appId)
    {
        if (snapshot is null || !snapshot.Transactions.TryGetValue(appId, out var mark)) return (-1, null, null);
        foreach (var domain in snapshot.Domains.Values)
        {
            if (EpochDomain.Parse(domain.Configuration) is { } state && state.AppId == appId && state.Epoch == mark.Version)
                return (mark.Version, state.PreparedId, domain.Configuration);
        }

        return (mark.Version, null, null);
    }

    private static bool CommittedBefore(DeltaSnapshot? snapshot, SinkCommit commit)
    {
        var (epoch, preparedId, _) = LastEpoch(snapshot, commit.AppId);
        if (epoch < commit.Epoch) return false;
        if (epoch == commit.Epoch && preparedId == commit.PreparedId) return true;
        throw new DataMeshException(
            epoch == commit.Epoch
                ? $"Epoch {epoch} of '{commit.AppId}' was committed to '{snapshot!.Path}' with other files."
                : $"Epoch {commit.Epoch} of '{commit.AppId}' can not be committed to '{snapshot!.Path}': epoch {epoch} is already there.",
            detail: string.Create(CultureInfo.InvariantCulture, $"prepared id {commit.PreparedId}, in the table {preparedId ?? "unknown"}"),
            hint: "two runs of this pipeline wrote to the table, or its state folder was restored from a backup");
    }

    private static LogEntry Build(string path, DeltaSnapshot? snapshot, SinkCommit commit, TableOptions options, string commitId)
    {
        if (snapshot is not null) ProtocolSupport.RequireWritable(snapshot.Protocol, snapshot.Metadata, path);
        var layout = TableLayout.Plan(snapshot?.Metadata, commit.Output.Schema, options.PartitionBy, commit.Replace, path);
        var removed = commit.Replace && snapshot is not null ? snapshot.Files : [];
        if (removed.Count > 0 && snapshot!.Metadata.Configuration.GetValueOrDefault(PropertyNames.AppendOnly) == "true")
            throw new DataMeshException($"The table '{path}' allows appending only.", hint: $"use mode: append, or unset {PropertyNames.AppendOnly}");
        CheckDomain(snapshot, commit);

        var entry = new LogEntry();
        entry.Add(Info(snapshot, commit, layout, commitId, removed.Count));
        var protocol = snapshot is null ? ProtocolSupport.ForNewTable(layout.IsMapped) : ProtocolSupport.Raise(snapshot.Protocol, layout.IsMapped);
        if (!ReferenceEquals(protocol, snapshot?.Protocol)) entry.Add(protocol);
        if (layout.IsChanged) entry.Add(layout.Apply(snapshot?.Metadata ?? NewTable(commit, options)));
        entry.Add(new TransactionMark(commit.AppId, commit.Epoch, commit.TimeMs));
        entry.Add(new DomainMetadata(commit.Domain, EpochDomain.Write(commit), Removed: false));
        foreach (var file in removed) entry.Add(RemoveFile.Of(file, commit.TimeMs));
        foreach (var file in commit.Output.Files) entry.Add(Added(file, layout));
        return entry;
    }

    /// <summary>Two applications that use one domain would each take the other's positions for their own.</summary>
    private static void CheckDomain(DeltaSnapshot? snapshot, SinkCommit commit)
    {
        if (snapshot is null || !snapshot.Domains.TryGetValue(commit.Domain, out var domain)) return;
        if (EpochDomain.Parse(domain.Configuration)?.AppId is { } owner && owner != commit.AppId)
        {
            throw new DataMeshException($"'{commit.Domain}' in '{snapshot.Path}' belongs to another pipeline.", detail: $"it was written by {owner}",
                hint: "two pipelines of the same name write to one table: rename one of them");
        }
    }

    private static TableMetadata NewTable(SinkCommit commit, TableOptions options) => new(
        Guid.NewGuid().ToString(), options.Name, options.Description, "parquet", new DeltaSchema([]), [], commit.TimeMs, options.Properties);

    private static AddFile Added(StagedFile file, TableLayout layout)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var column in layout.PartitionColumns)
            values[layout.Find(column)!.PhysicalName] = file.Partition.FirstOrDefault(each => string.Equals(each.Key, column, StringComparison.OrdinalIgnoreCase)).Value;
        return new AddFile(DeltaPath.Encode(file.Path), values, file.Bytes, file.ModifiedMs, DataChange: true, file.Statistics);
    }

    private static JsonObject Info(DeltaSnapshot? snapshot, SinkCommit commit, TableLayout layout, string commitId, int removed)
    {
        var info = new JsonObject
        {
            ["timestamp"] = commit.TimeMs,
            ["operation"] = snapshot is null ? "CREATE TABLE AS SELECT" : "WRITE",
            ["operationParameters"] = new JsonObject
            {
                ["mode"] = commit.Replace ? "Overwrite" : "Append",
                ["partitionBy"] = JsonSerializer.Serialize(layout.PartitionColumns),
            },
            ["isolationLevel"] = "Serializable",
            ["isBlindAppend"] = removed == 0,
            ["operationMetrics"] = new JsonObject
            {
                ["numFiles"] = Text(commit.Output.Files.Count),
                ["numOutputRows"] = Text(commit.Output.Rows),
                ["numOutputBytes"] = Text(commit.Output.Files.Sum(file => file.Bytes)),
                ["numRemovedFiles"] = Text(removed),
            },
            ["engineInfo"] = "DataMesh/0.1.0",
            ["txnId"] = commitId,
            ["datamesh"] = new JsonObject { ["appId"] = commit.AppId, ["epoch"] = commit.Epoch, ["preparedId"] = commit.PreparedId },
        };
        if (snapshot is not null) info["readVersion"] = snapshot.Version;
        return info;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
