using DataMesh.Core.Drift;
using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Audit;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Drift;

/// <summary>An event with its number (from 1, oldest first: it never changes) and the epoch that met it.</summary>
public sealed record NumberedDrift(int Number, long Epoch, DriftEvent Event);

/// <summary>All changes of structure that a pipeline met, from the accounts beside its table: deleting grain state loses none.</summary>
public static class DriftHistory
{
    /// <summary>Reads the events, oldest first.</summary>
    public static async Task<IReadOnlyList<NumberedDrift>> ReadAsync(PipelineDefinition definition, TimeProvider clock, CancellationToken cancellation)
    {
        var run = new PipelineRun(definition, new RunOptions(), clock, default);
        var chain = await CommittedChain.ReadAsync(run, cancellation);
        return [.. chain.Manifests.SelectMany(manifest => manifest.Drift.Select(each => (manifest.Epoch, Event: each))).Select((each, i) => new NumberedDrift(i + 1, each.Epoch, each.Event))];
    }
}
