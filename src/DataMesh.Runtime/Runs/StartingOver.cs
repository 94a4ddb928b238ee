using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Runtime.Commit;

namespace DataMesh.Runtime.Runs;

/// <summary>
/// Goes back to the beginning of the sources because a value asks for a wider type while the run still creates its targets: the next epoch replaces what
/// the earlier ones committed. Allowed only while nothing can get lost by it.
/// </summary>
internal static class StartingOver
{
    /// <summary>Everything that there is to read, from its beginning.</summary>
    public static async Task<IReadOnlyList<PendingSplit>> ListAsync(PipelineRun run, CancellationToken cancellation)
    {
        await CheckTargetsAsync(run, cancellation);
        var missing = run.Open.Concat(run.Splits.Finished).DistinctBy(split => (split.Source, split.Split)).ToDictionary(split => (split.Source, split.Split));
        var pending = new List<PendingSplit>();
        for (var number = 0; number < run.Definition.Sources.Count; number++)
        {
            var node = run.Definition.Sources[number];
            await foreach (var split in node.Source.EnumerateAsync(run.Context, cancellation))
            {
                pending.Add(new PendingSplit(number, split, split.Start));
                if (missing.TryGetValue((node.Id, split.Id), out var read) && await IsThereAsync(node.Source, split, read, run.Context, cancellation)) missing.Remove((node.Id, split.Id));
            }
        }

        if (missing.Count > 0)
        {
            throw new DataMeshException(
                $"The run has to start over with wider types, and '{missing.Keys.First().Split}', whose rows it has committed, is no longer there or has changed.",
                hint: "put the file back, or declare the column types in the source and run with --rebuild");
        }

        run.StartOver();
        return pending;
    }

    private static async ValueTask<bool> IsThereAsync(Source source, Split split, SplitPosition read, ComponentContext context, CancellationToken cancellation) =>
        read.Identity == split.Identity || source.Continues(split, read.Identity, read.To, context)
        || await Remains.FindOpenEndAsync(source, split, read, context, cancellation) is not null;

    /// <summary>Replacing everything must not take rows away that came from elsewhere.</summary>
    private static async Task CheckTargetsAsync(PipelineRun run, CancellationToken cancellation)
    {
        foreach (var node in run.Definition.Sinks)
        {
            // The table was made by epoch 0 in version 0: as long as nobody else brings rows, versions and epochs count alike, but for its upkeep.
            var target = await node.Sink.ReadStateAsync(run.AppId, run.Context, cancellation);
            if (target.Version - target.Upkeep == target.Epoch) continue;
            throw new DataMeshException(
                $"The run has to start over with wider types, and others have written to '{node.Sink.TargetName}' meanwhile.", node.Location,
                hint: "declare the column types in the source, and run with --rebuild to replace all rows");
        }
    }
}
