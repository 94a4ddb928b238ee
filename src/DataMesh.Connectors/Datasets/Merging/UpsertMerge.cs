using DataMesh.Connectors.Datasets.Rewriting;
using DataMesh.Core.Storage;
using DataMesh.Formats.Delta;

namespace DataMesh.Connectors.Datasets.Merging;

/// <summary>
/// Takes the rows out of a table whose keys an epoch brings anew or deletes (copy on write): files that hold none of them stay, the others are written
/// again without these rows. The work of an attempt is kept for the next one as far as the files that it took rows from are still live.
/// </summary>
internal sealed class UpsertMerge(string table, IReadOnlyList<string> key, IReadOnlyList<AddFile> deletions, long fileBytes, TimeProvider clock) : IRowMerge
{
    private readonly HashSet<FileKey> _examined = [];
    private readonly List<AddFile> _touched = [];
    private readonly List<AddFile> _rewritten = [];
    private StagedKeys? _keys;
    private long _copied;

    /// <summary>Tags of files that keep rows which were there before.</summary>
    public static Dictionary<string, string?> RewrittenTags { get; } = new() { [PropertyNames.RewrittenTag] = "true" };

    /// <inheritdoc/>
    public MergedFiles Merge(DeltaSnapshot snapshot, TableMetadata metadata, IReadOnlyList<AddFile> staged, CancellationToken cancellation)
    {
        if (_touched.Exists(file => !snapshot.IsLive(file.Key))) StartOver();
        if (staged.Count + deletions.Count > 0 && KeyReader.HasKey(snapshot.Metadata, key))
        {
            var reader = new KeyReader(table, metadata, key);
            _keys ??= StagedKeys.Read(reader, staged, deletions, cancellation);
            var overlap = new KeyOverlap(metadata, key, staged, deletions);
            var matches = new List<MatchedRows>();
            foreach (var file in snapshot.Files.Where(file => _examined.Add(file.Key)).Where(overlap.MayHold))
                if (MatchedRows.Find(file, reader, _keys, cancellation) is { } matched) matches.Add(matched);
            if (matches.Count > 0) RewriteOrNone(snapshot, matches, cancellation);
        }

        CrashPoint.Reached(CrashPoints.MergeRewritten);
        return new MergedFiles(_touched, _rewritten, Metrics(staged));
    }

    /// <summary>What was rewritten before a failure (a full disk) goes: no log entry names it yet, and the next attempt begins anew.</summary>
    private void RewriteOrNone(DeltaSnapshot snapshot, List<MatchedRows> matches, CancellationToken cancellation)
    {
        try
        {
            Rewrite(snapshot, matches, cancellation);
        }
        catch
        {
            StartOver();
            throw;
        }
    }

    private void Rewrite(DeltaSnapshot snapshot, List<MatchedRows> matches, CancellationToken cancellation)
    {
        var plan = new RewritePlan(snapshot, fileBytes, clock);
        foreach (var partition in matches.GroupBy(matched => plan.PartitionOf(matched.File)))
        {
            using var rewriter = new RowRewriter(plan.Files, partition.Key);
            foreach (var matched in partition)
            {
                _copied += matched.CopyRest(plan, rewriter, cancellation);
                _touched.Add(matched.File);
            }

            _rewritten.AddRange(rewriter.Finish().Select(file => plan.Added(file, dataChange: true) with { Tags = RewrittenTags }));
        }
    }

    /// <summary>Another commit took a file away that rows were taken from: what was written from it is void.</summary>
    private void StartOver()
    {
        foreach (var file in _rewritten) File.Delete(DeltaPath.Resolve(table, file.Path));
        _rewritten.Clear();
        _touched.Clear();
        _examined.Clear();
        _copied = 0;
        _keys?.Forget();
    }

    private Dictionary<string, long> Metrics(IReadOnlyList<AddFile> staged) => new()
    {
        ["numSourceRows"] = staged.Concat(deletions).Sum(file => file.Rows ?? 0),
        ["numTargetRowsInserted"] = staged.Sum(file => file.Rows ?? 0) - (_keys?.Updated ?? 0),
        ["numTargetRowsUpdated"] = _keys?.Updated ?? 0,
        ["numTargetRowsDeleted"] = _keys?.Deleted ?? 0,
        ["numTargetRowsCopied"] = _copied,
        ["numOutputRows"] = staged.Sum(file => file.Rows ?? 0) + _copied,
        ["numTargetFilesAdded"] = staged.Count + _rewritten.Count,
        ["numTargetFilesRemoved"] = _touched.Count,
        ["numTargetBytesAdded"] = staged.Sum(file => file.Size) + _rewritten.Sum(file => file.Size),
        ["numTargetBytesRemoved"] = _touched.Sum(file => file.Size),
    };
}
