using DataMesh.Core.Components;
using DataMesh.Core.Keys;
using DataMesh.DataPlane.Graph;

namespace DataMesh.DataPlane.Exchanges;

/// <summary>
/// Where several tasks of a pipeline give each other rows. Everything in front of the first stages that are not parallel is done by every task with what it
/// reads; such a stage gets the rows of its keys from all tasks. A stage that needs all rows in one place, and everything between two stages that are not
/// parallel, is done by task 0. Rows on their way to a sink that pass no such stage stay in their task.
/// </summary>
public sealed class ExchangePlan
{
    private readonly BoundGraph _graph;
    private readonly HashSet<int> _whole = [];
    private readonly HashSet<int> _behind = [];

    private ExchangePlan(BoundGraph graph, int tasks)
    {
        (_graph, Tasks) = (graph, tasks);
        FindBehind();
        FindWhole();
        IsNeeded = graph.Stages.Any(IsCut) || graph.Sinks.Any(sink => _whole.Contains(sink.Node));
        IsOrdered = graph.Stages.Any(node => IsCut(node) && !SendsStates(node) && node.Stage.Order != StageOrder.Merging) || graph.Sinks.Any(sink => _whole.Contains(sink.Node));
    }

    /// <summary>How many tasks there are.</summary>
    public int Tasks { get; }

    /// <summary>Whether rows that are sent must stand in source order.</summary>
    public bool IsOrdered { get; }

    private bool IsNeeded { get; }

    /// <summary>The plan; null when tasks need nothing of one another.</summary>
    public static ExchangePlan? Of(BoundGraph graph, int tasks)
    {
        if (tasks <= 1) return null;
        var plan = new ExchangePlan(graph, tasks);
        return plan.IsNeeded ? plan : null;
    }

    /// <summary>Whether what comes to a node from the parallel region goes through the exchange.</summary>
    public bool IsCut(Edge edge) => _whole.Contains(edge.Node) || (!edge.IsSink && _graph.StageAt(edge.Node).Stage.Order != StageOrder.Parallel);

    /// <summary>Whether cores take a stage's rows in by themselves, and send what they have become at the end.</summary>
    public bool SendsStates(BoundNode node) => node.Region == Region.Absorbing && node.Bound.SendsStates;

    /// <summary>Whether a stage is done by one task alone.</summary>
    public bool IsWhole(int node) => _whole.Contains(node);

    /// <summary>Whether a task has something of a stage or a sink to do behind the exchange.</summary>
    public bool RunsIn(int node, int task) => task == 0 || !IsWhole(node);

    /// <summary>The keys of a stage that keeps state which a task has.</summary>
    public KeyShare ShareOf(BoundNode node, int task) => IsWhole(node.Node) ? KeyShare.All : new KeyShare(task, Tasks);

    private bool IsCut(BoundNode node) => node.Stage.Order != StageOrder.Parallel;

    /// <summary>The nodes with a stage before them that is not parallel.</summary>
    private void FindBehind()
    {
        foreach (var node in _graph.Stages)
        {
            if (node.Stage.Order == StageOrder.Parallel && !_behind.Contains(node.Node)) continue;
            foreach (var edge in node.Consumers.SelectMany(consumers => consumers)) _behind.Add(edge.Node);
        }
    }

    private void FindWhole()
    {
        foreach (var sink in _graph.Sinks.Where(sink => !sink.Sink.TakesParts)) _whole.Add(sink.Node);
        foreach (var node in _graph.Stages.Reverse())
        {
            var isParallel = node.Stage.Order == StageOrder.Parallel;
            var needsAll = !isParallel && (_behind.Contains(node.Node) || node.Bound.CreateDivider() is null);
            var feedsWhole = (!isParallel || _behind.Contains(node.Node)) && node.Consumers.SelectMany(consumers => consumers).Any(edge => _whole.Contains(edge.Node));
            if (needsAll || feedsWhole) _whole.Add(node.Node);
        }
    }
}
