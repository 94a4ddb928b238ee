using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.DataPlane.Graph;

/// <summary>Where in the data path a node runs.</summary>
public enum Region
{
    /// <summary>On every core, block by block, in no order.</summary>
    Parallel,
    /// <summary>Absorbs on every core; its result appears in the ordered region when the input ends.</summary>
    Absorbing,
    /// <summary>On one core, in source order.</summary>
    Ordered,
}

/// <summary>An edge's far end: a stage's input, or a sink.</summary>
/// <param name="Node">Index in <see cref="BoundGraph.NodeNames"/>.</param>
/// <param name="Input">Which of the stage's inputs.</param>
/// <param name="IsSink">Whether the node is a sink.</param>
public readonly record struct Edge(int Node, int Input, bool IsSink);

/// <summary>A node's id and type, for ledgers and messages.</summary>
public sealed record NodeName(string Id, string Type);

/// <summary>A source with what its decoders must deliver.</summary>
public sealed record BoundSource(int Node, string Id, Source Source, DecodePlan Plan, IReadOnlyList<Edge> Consumers);

/// <summary>A stage bound to its inputs.</summary>
public sealed record BoundNode(int Node, string Id, Stage Stage, BoundStage Bound, Region Region, int Inputs, IReadOnlyList<Edge>[] Consumers)
{
    /// <summary>What it keeps from batch to batch.</summary>
    public Keeping Keeps => Bound.Keeps ?? (Stage.Order == StageOrder.Parallel || Bound.EndsWithEpoch ? Keeping.Nothing : Keeping.WholeInput);

    /// <summary>
    /// Whether each row that comes in is one source record that went no other way and that no stage before remembers: a row that fails here can come
    /// back as its source record. Otherwise it comes back as a row, at this stage.
    /// </summary>
    public bool IsOneRecord { get; init; }
}

/// <summary>A sink with the schema of its rows.</summary>
public sealed record BoundSink(int Node, string Id, Sink Sink, Schema Schema);
