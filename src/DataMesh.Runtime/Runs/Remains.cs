using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.Runtime.Runs;

/// <summary>What of a split is still to be read, seen from what earlier epochs committed of it.</summary>
internal static class Remains
{
    /// <summary>Where reading goes on; null when nothing is left.</summary>
    public static long? Of(PipelineRun run, string sourceId, Split split)
    {
        var source = run.Definition.Sources.First(node => node.Id == sourceId).Source;
        if (run.Recovered.Open.TryGetValue((sourceId, split.Id), out var open))
        {
            if (open.Identity == split.Identity || source.Continues(split, open.Identity, open.To, run.Context)) return open.To;
            throw new DataMeshException(
                $"'{split.Name}' was read half, up to position {open.To}, and has changed since.", hint: "put the earlier file back, or run with --rebuild");
        }

        if (!run.Recovered.Finished.TryGetValue((sourceId, split.Id), out var finished)) return split.Start;
        if (finished.Identity == split.Identity) return !finished.IsWhole && source.HasMore(split, finished.To, run.Context) ? finished.To : null;
        if (source.Continues(split, finished.Identity, finished.To, run.Context)) return finished.To;
        run.Outcome.Tell($"'{split.Name}' has changed since its rows were committed: it is left alone (--rebuild reads everything again).");
        return null;
    }

    /// <summary>A split of a staged epoch that was written over while it was read, or null.</summary>
    public static string? WrittenOver(PipelineRun run, StagedEpoch staged) => staged.Finished.Concat(staged.Open)
        .FirstOrDefault(part => !run.Definition.Sources.First(node => node.Id == part.Source).Source.StillHolds(part.Split, part.Identity, part.To, run.Context))?.Split;
}
