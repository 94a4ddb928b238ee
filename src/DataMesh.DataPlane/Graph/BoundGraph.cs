using DataMesh.Core.Components;

namespace DataMesh.DataPlane.Graph;

/// <summary>
/// A pipeline bound to the schemas it meets: every node knows its schemas, its region and its consumers.
/// Nodes are numbered sources first, then stages, then sinks.
/// </summary>
public sealed class BoundGraph
{
    internal BoundGraph(IReadOnlyList<BoundSource> sources, IReadOnlyList<BoundNode> stages, IReadOnlyList<BoundSink> sinks, IReadOnlyList<NodeName> names)
    {
        Sources = sources;
        Stages = stages;
        Sinks = sinks;
        NodeNames = names;
    }

    /// <summary>The sources.</summary>
    public IReadOnlyList<BoundSource> Sources { get; }

    /// <summary>The stages in topological order.</summary>
    public IReadOnlyList<BoundNode> Stages { get; }

    /// <summary>The sinks.</summary>
    public IReadOnlyList<BoundSink> Sinks { get; }

    /// <summary>Id and type of every node by its number.</summary>
    public IReadOnlyList<NodeName> NodeNames { get; }

    /// <summary>The stage with node number <paramref name="node"/>.</summary>
    public BoundNode StageAt(int node) => Stages[node - Sources.Count];

    /// <summary>
    /// Whether the end of an epoch in mid-input leaves results as they are: true while no stage needs the whole input of a run.
    /// </summary>
    public bool MayEndAnywhere => Stages.All(stage => stage.Keeps != Keeping.WholeInput);

    /// <summary>The stages whose state outlives an epoch.</summary>
    public IEnumerable<BoundNode> Keepers => Stages.Where(stage => stage.Keeps == Keeping.State);

    /// <summary>Whether a later stage can set a row aside, so that batches must remember where their rows came from.</summary>
    public bool NeedsOrigin => Stages.Any(stage => stage.Bound.NeedsOrigin);

    /// <summary>Whether rows must remember their origin behind the parallel region.</summary>
    public bool OrderedNeedsOrigin => Stages.Any(stage => stage.Region == Region.Ordered && stage.Bound.NeedsOrigin);
}
