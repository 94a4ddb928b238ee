using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Graph;
using DataMesh.DataPlane.Ledger;
using DataMesh.DataPlane.Quarantine;

namespace DataMesh.DataPlane.Flow;

/// <summary>
/// Runs the stages of one region on one core: delivers a batch to a stage's worker, and what the worker emits to the next one,
/// until a batch leaves the region.
/// </summary>
internal abstract class RegionRunner
{
    private readonly BoundGraph _graph;
    private readonly NodeOutput[] _outputs;
    private readonly StageWorker?[][] _workers;

    protected RegionRunner(BoundGraph graph)
    {
        _graph = graph;
        _outputs = [.. graph.Stages.Select(node => new NodeOutput(this, node))];
        _workers = [.. graph.Stages.Select(node => new StageWorker?[node.Inputs])];
    }

    protected BoundGraph Graph => _graph;

    /// <summary>Where rows are counted now.</summary>
    public abstract LedgerCounters Counts { get; }

    /// <summary>Where bad records go now.</summary>
    public abstract List<BadRecord> Bad { get; }

    /// <summary>Where notices for people go now.</summary>
    public abstract Dictionary<string, long> Notices { get; }

    /// <summary>Number of the block that the rows come from now; 0 where they come in source order anyway.</summary>
    protected virtual long BlockNumber => 0;

    /// <summary>Whether the stage's workers live in this runner.</summary>
    protected abstract bool Runs(BoundNode node);

    /// <summary>Takes a batch whose next stop is outside this region.</summary>
    protected abstract void Leave(Edge edge, RecordBatch batch);

    /// <summary>The workers of a stage that were used here.</summary>
    public IEnumerable<StageWorker> WorkersOf(BoundNode node) => _workers[node.Node - _graph.Sources.Count].OfType<StageWorker>();

    /// <summary>Hands a batch to several consumers: shared with all but the last.</summary>
    public void Fan(IReadOnlyList<Edge> consumers, RecordBatch batch)
    {
        for (var i = 0; i < consumers.Count - 1; i++) Deliver(consumers[i], batch.Share());
        Deliver(consumers[^1], batch);
    }

    /// <summary>Gives a batch to the far end of an edge.</summary>
    public void Deliver(Edge edge, RecordBatch batch)
    {
        if (edge.IsSink)
        {
            Leave(edge, batch);
            return;
        }

        var node = _graph.StageAt(edge.Node);
        if (!Runs(node))
        {
            Leave(edge, batch);
            return;
        }

        Counts.In(edge.Node) += batch.Length;
        Worker(node, edge.Input).Process(batch, _outputs[edge.Node - _graph.Sources.Count]);
    }

    /// <summary>Ends a stage's input: merging stages merge the given workers, the others finish theirs.</summary>
    public void Finish(BoundNode node, IReadOnlyList<StageWorker> absorbed)
    {
        var output = _outputs[node.Node - _graph.Sources.Count];
        if (node.Stage.Order == StageOrder.Merging)
        {
            IReadOnlyList<StageWorker> workers = [.. absorbed, .. WorkersOf(node)];
            node.Bound.Merge(workers.Count > 0 ? workers : [node.Bound.CreateWorker()], output);
            return;
        }

        foreach (var worker in WorkersOf(node)) worker.Finish(output);
    }

    /// <summary>Tells a stage that a barrier has come.</summary>
    public void EndEpoch(BoundNode node)
    {
        foreach (var worker in WorkersOf(node)) worker.EndEpoch(_outputs[node.Node - _graph.Sources.Count]);
    }

    /// <summary>Whether a stage has seen enough.</summary>
    public bool IsSatisfied(BoundNode node) => WorkersOf(node).Any() && WorkersOf(node).All(worker => worker.IsSatisfied);

    /// <summary>The worker of a stage's input, which is made when there is none yet.</summary>
    public StageWorker Worker(BoundNode node, int input) =>
        _workers[node.Node - _graph.Sources.Count][input] ??= node.Bound.CreateWorker(input);

    /// <summary>What a stage's worker sees as its output: counts, then delivers.</summary>
    private sealed class NodeOutput(RegionRunner runner, BoundNode node) : StageOutput
    {
        public override long BlockNumber => runner.BlockNumber;

        public override void Emit(RecordBatch batch, int output = 0)
        {
            var consumers = node.Consumers[output];
            if (batch.Length == 0)
            {
                batch.Dispose();
            }
            else if (consumers.Count == 0)
            {
                runner.Counts.Term(node.Node, LedgerTerm.Filtered) += batch.Length;
                batch.Dispose();
            }
            else
            {
                runner.Counts.Out(node.Node) += batch.Length;
                runner.Fan(consumers, batch);
            }
        }

        public override void Quarantine(RecordBatch batch, ReadOnlySpan<int> rows, string reason, string? rule = null, Func<int, string?>? detail = null)
        {
            runner.Counts.Quarantined(node.Node) += rows.Length;
            foreach (var row in rows) runner.Bad.Add(BadRows.From(batch, row, reason, rule, detail?.Invoke(row), node.Node, node.IsOneRecord));
        }

        public override void Warn(string rule, long rows)
        {
            var notice = $"rows kept although rule '{rule}' of stage '{node.Id}' refuses them";
            runner.Notices[notice] = runner.Notices.GetValueOrDefault(notice) + rows;
        }

        public override void Count(LedgerTerm term, long rows) => runner.Counts.Term(node.Node, term) += rows;
    }
}
