using DataMesh.Core.Columns;
using DataMesh.DataPlane.Graph;
using DataMesh.DataPlane.Ledger;
using DataMesh.DataPlane.Quarantine;

namespace DataMesh.DataPlane.Flow;

/// <summary>The ordered region: stages that need source order, and what follows them. One core at a time.</summary>
internal sealed class OrderedRunner(BoundGraph graph) : RegionRunner(graph)
{
    /// <summary>Batches for sinks, to be taken after every morsel.</summary>
    public List<(Edge To, RecordBatch Batch)> ToSinks { get; } = [];

    public override LedgerCounters Counts { get; } = new(graph.NodeNames.Count);

    public override List<BadRecord> Bad { get; } = [];

    public override Dictionary<string, long> Notices { get; } = [];

    /// <summary>True when every way from the sources to the sinks passes a stage that has seen enough.</summary>
    public bool HasSeenEnough()
    {
        if (!Graph.Stages.Any(IsSatisfied)) return false;
        var open = new Stack<Edge>(Graph.Sources.SelectMany(source => source.Consumers));
        while (open.TryPop(out var edge))
        {
            if (edge.IsSink) return false;
            var node = Graph.StageAt(edge.Node);
            if (IsSatisfied(node)) continue;
            foreach (var next in node.Consumers.SelectMany(consumers => consumers)) open.Push(next);
        }

        return true;
    }

    /// <summary>True when a stage asks for the end of the epoch.</summary>
    public bool WantsBarrier() => Graph.Stages.Any(node => node.Bound.EndsWithEpoch && WorkersOf(node).Any(worker => worker.WantsBarrier));

    /// <summary>Every stage's worker lives here, except that what cores absorb is merged here, and what cores do stays there.</summary>
    protected override bool Runs(BoundNode node) => node.Region != Region.Parallel;

    protected override void Leave(Edge edge, RecordBatch batch) => ToSinks.Add((edge, batch));
}
