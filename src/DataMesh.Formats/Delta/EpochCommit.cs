using System.Globalization;
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
    /// <param name="table">The table.</param>
    /// <param name="commit">What was staged.</param>
    /// <param name="options">What the pipeline declares about the table.</param>
    /// <param name="merge">Makes room for rows that replace others; null when rows are only added.</param>
    /// <param name="cancellation">Ends the work before the entry is written.</param>
    public static long Run(DeltaTable table, SinkCommit commit, TableOptions options, IRowMerge? merge, CancellationToken cancellation)
    {
        var commitId = Guid.NewGuid().ToString();
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            var snapshot = table.Refresh();
            if (CommittedBefore(snapshot, commit)) return DeltaTable.FindVersion(table.Path, commit.AppId, commit.Epoch) ?? snapshot!.Version;
            var version = (snapshot?.Version ?? -1) + 1;
            var entry = Build(table.Path, snapshot, commit, options, merge, commitId, cancellation);
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
        if (epoch < commit.Epoch || Sabotage.CommitsAgain) return false;
        if (epoch == commit.Epoch && preparedId == commit.PreparedId) return true;
        throw new DataMeshException(
            epoch == commit.Epoch
                ? $"Epoch {epoch} of '{commit.AppId}' was committed to '{snapshot!.Path}' with other files."
                : $"Epoch {commit.Epoch} of '{commit.AppId}' can not be committed to '{snapshot!.Path}': epoch {epoch} is already there.",
            detail: string.Create(CultureInfo.InvariantCulture, $"prepared id {commit.PreparedId}, in the table {preparedId ?? "unknown"}"),
            hint: "two runs of this pipeline wrote to the table, or its state folder was restored from a backup");
    }

    private static LogEntry Build(
        string path, DeltaSnapshot? snapshot, SinkCommit commit, TableOptions options, IRowMerge? merge, string commitId, CancellationToken cancellation)
    {
        if (snapshot is not null) ProtocolSupport.RequireWritable(snapshot.Protocol, snapshot.Metadata, path);
        TableKey.Require(snapshot?.Metadata, options.Key, commit.Replace, path);
        CheckDomain(snapshot, commit);
        var layout = TableLayout.Plan(snapshot?.Metadata, commit.Output.Schema, options.PartitionBy, commit.Replace, path);
        var metadata = snapshot is null ? NewTable(commit, options) : commit.Replace ? options.ApplyTo(snapshot.Metadata) : snapshot.Metadata;
        if (layout.IsChanged) metadata = layout.Apply(metadata);
        metadata = TableKey.Apply(metadata, options.Key).With(options.Settings);
        var added = commit.Output.Files.Where(file => !DeletionFiles.Is(file)).Select(file => Added(file, layout)).ToList();
        var merged = merge is null || snapshot is null || commit.Replace ? null : merge.Merge(snapshot, metadata, added, cancellation);
        var removed = merged is not null ? merged.Removed : commit.Replace && snapshot is not null ? snapshot.Files : [];
        if (removed.Count > 0 && snapshot!.Metadata.Configuration.GetValueOrDefault(PropertyNames.AppendOnly) == "true")
            throw new DataMeshException($"The table '{path}' allows appending only.", hint: $"use mode: append, or unset {PropertyNames.AppendOnly}");

        var entry = new LogEntry();
        entry.Add(merged is null ? EpochInfo.Write(snapshot, commit, layout, commitId, removed.Count) : EpochInfo.Merge(snapshot!, commit, options.Key, merged, commitId));
        var protocol = snapshot is null ? ProtocolSupport.ForNewTable(layout.IsMapped) : ProtocolSupport.Raise(snapshot.Protocol, layout.IsMapped);
        if (!ReferenceEquals(protocol, snapshot?.Protocol)) entry.Add(protocol);
        if (!ReferenceEquals(metadata, snapshot?.Metadata)) entry.Add(metadata);
        entry.Add(new TransactionMark(commit.AppId, commit.Epoch, commit.TimeMs));
        entry.Add(new DomainMetadata(commit.Domain, EpochDomain.Write(commit), Removed: false));
        foreach (var file in removed) entry.Add(RemoveFile.Of(file, commit.TimeMs));
        foreach (var file in merged?.Rewritten ?? []) entry.Add(file);
        foreach (var file in added) entry.Add(file);
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

    /// <summary>The action that makes a staged file part of the table.</summary>
    public static AddFile Added(StagedFile file, TableLayout layout)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var column in layout.PartitionColumns)
            values[layout.Find(column)!.PhysicalName] = file.Partition.FirstOrDefault(each => string.Equals(each.Key, column, StringComparison.OrdinalIgnoreCase)).Value;
        return new AddFile(DeltaPath.Encode(file.Path), values, file.Bytes, file.ModifiedMs, DataChange: true, file.Statistics)
        {
            Tags = file.StagedAs is { } staged ? new Dictionary<string, string?> { [PropertyNames.StagedAsTag] = staged } : null,
        };
    }
}
