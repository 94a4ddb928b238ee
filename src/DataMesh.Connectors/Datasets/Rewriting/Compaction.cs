using System.Text.Json;
using System.Text.Json.Nodes;
using DataMesh.Core.Storage;
using DataMesh.Formats.Delta;

namespace DataMesh.Connectors.Datasets.Rewriting;

/// <summary>
/// Puts the rows of small files together in larger ones. Rows and their order inside each group stay as they are; only where they lie changes. One row
/// group or a few are in memory at a time.
/// </summary>
public static class Compaction
{
    /// <summary>Compacts a table by one commit. Groups that another commit has overtaken are left alone.</summary>
    public static SwapResult Run(string path, CompactionOptions options, TimeProvider clock, CancellationToken cancellation)
    {
        var table = DeltaTable.At(path);
        var snapshot = table.Current ?? DeltaTable.Open(path);
        var planned = CompactionPlan.Make(snapshot, options);
        if (planned.Count == 0) return new SwapResult(null, [], []);
        var plan = new RewritePlan(snapshot, options.TargetBytes + options.TargetBytes / 4, clock);
        var groups = planned.Select(group => Rewrite(plan, group, cancellation)).ToList();
        CrashPoint.Reached(CrashPoints.SwapRewritten);
        var parameters = new JsonObject
        {
            ["predicate"] = JsonSerializer.Serialize(options.Where.Select(each => each.Value is null ? $"({each.Key} IS NULL)" : $"({each.Key} = '{each.Value}')")),
            ["zOrderBy"] = "[]",
            ["auto"] = false,
        };
        return FileSwap.Run(table, groups, new SwapInfo("OPTIMIZE", parameters, DataChange: false, Metrics), clock, cancellation);
    }

    private static FileGroup Rewrite(RewritePlan plan, CompactionGroup group, CancellationToken cancellation)
    {
        using var rewriter = new RowRewriter(plan.Files, plan.PartitionOf(group.Files[0]));
        foreach (var batch in group.Files.SelectMany(plan.Read))
        {
            rewriter.Add(batch);
            cancellation.ThrowIfCancellationRequested();
        }

        return new FileGroup(group.Files, [.. rewriter.Finish().Select(file => plan.Added(file, dataChange: false))]);
    }

    private static Dictionary<string, long> Metrics(IReadOnlyList<FileGroup> groups)
    {
        var removed = groups.SelectMany(group => group.Removed).ToList();
        var added = groups.SelectMany(group => group.Added).ToList();
        return new Dictionary<string, long>
        {
            ["numRemovedFiles"] = removed.Count,
            ["numAddedFiles"] = added.Count,
            ["numRemovedBytes"] = removed.Sum(file => file.Size),
            ["numAddedBytes"] = added.Sum(file => file.Size),
            ["minFileSize"] = added.Count == 0 ? 0 : added.Min(file => file.Size),
            ["maxFileSize"] = added.Count == 0 ? 0 : added.Max(file => file.Size),
        };
    }
}
