using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Runtime.Commit;

namespace DataMesh.Runtime.Runs;

/// <summary>What of a split is still to be read, seen from what earlier epochs committed of it.</summary>
internal static class Remains
{
    /// <summary>How reading goes on; null when nothing is left.</summary>
    public static async ValueTask<PendingSplit?> FindAsync(PipelineRun run, int number, Split split, CancellationToken cancellation)
    {
        var (id, source) = (run.Definition.Sources[number].Id, run.Definition.Sources[number].Source);
        if (run.Recovered.Open.TryGetValue((id, split.Id), out var open))
        {
            return await GrownAsync(run, number, split, open, cancellation) ?? throw new DataMeshException(
                $"'{split.Name}' was read half, up to position {open.To}, and has changed since.", hint: "put the earlier file back, or run with --rebuild");
        }

        if (!run.Recovered.Finished.TryGetValue((id, split.Id), out var finished)) return new PendingSplit(number, split, split.Start);
        if (finished.Identity == split.Identity) return !finished.IsWhole && source.HasMore(split, finished.To, run.Context) ? new PendingSplit(number, split, finished.To) : null;
        if (await GrownAsync(run, number, split, finished, cancellation) is { } rest) return rest;
        run.Outcome.Tell($"'{split.Name}' has changed since its rows were committed: it is left alone (--rebuild reads everything again).");
        return null;
    }

    /// <summary>What stands at the end of what was read, if it had no line end then; null when that is not so. A range that held nothing says not where a record begins.</summary>
    public static ValueTask<OpenEnd?> FindOpenEndAsync(Source source, Split split, SplitPosition read, ComponentContext context, CancellationToken cancellation) =>
        source.FindOpenEndAsync(split, read.Identity, read.From < read.To ? read.From : split.Start, read.To, context, cancellation);

    /// <summary>How reading goes on in a split that is the same or has only grown; null when it has changed.</summary>
    private static async ValueTask<PendingSplit?> GrownAsync(PipelineRun run, int number, Split split, SplitPosition read, CancellationToken cancellation)
    {
        var source = run.Definition.Sources[number].Source;
        var rest = new PendingSplit(number, split, read.To);
        if (read.Identity == split.Identity || source.Continues(split, read.Identity, read.To, run.Context)) return rest;
        return await FindOpenEndAsync(source, split, read, run.Context, cancellation) is { } end ? await run.CutOffs.ResumeAsync(rest, end, read.To, cancellation) : null;
    }

    /// <summary>A split of a staged epoch that was written over while it was read, or null.</summary>
    public static string? WrittenOver(PipelineRun run, StagedEpoch staged) => staged.Finished.Concat(staged.Open)
        .FirstOrDefault(part => !run.Definition.Sources.First(node => node.Id == part.Source).Source.StillHolds(part.Split, part.Identity, part.To, run.Context))?.Split;
}
