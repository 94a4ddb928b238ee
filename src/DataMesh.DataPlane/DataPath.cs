using System.Collections.Concurrent;
using System.Threading.Tasks.Dataflow;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Exchanges;
using DataMesh.DataPlane.Flow;
using DataMesh.DataPlane.Graph;
using DataMesh.DataPlane.Ledger;
using DataMesh.DataPlane.Quarantine;

namespace DataMesh.DataPlane;

/// <summary>
/// The spine: the whole way of the data through one task, from top to bottom.
/// <code>
/// 1 read       one reader at a time takes a block of raw bytes between true record boundaries       (this file, ReadAsync)
/// 2 transform  every core: decode the block to columns, run the stages that need no order            (Flow/CoreRunner)
/// 3 order      blocks come back in source order; stages that need order, the ledger, quarantine      (Flow/OrderedRunner)
///              with several tasks, rows of a key go to the task that has it, and come from all         (DataPath.Exchange.cs)
/// 4 encode     every core: row groups to Parquet, CSV or JSON                                        (Flow/SinkStep)
/// 5 append     one writer per sink puts encoded row groups into staged files, in order               (Flow/SinkStep)
/// </code>
/// The steps are TPL Dataflow blocks with bounded capacity: a full one makes the step before it wait, back to the reader, which also waits
/// for the task's byte budget. An epoch ends when the network has drained: what was read is then wholly staged.
/// </summary>
public sealed partial class DataPath
{
    private readonly BoundGraph _graph;
    private readonly PathOptions _options;
    private readonly PathMeter _meter;
    private readonly ByteBudget _budget;
    private readonly List<CoreRunner> _cores = [];
    private readonly ConcurrentStack<CoreRunner> _idleCores = new();
    private readonly List<Widening> _widenings = [];
    private readonly OrderedRunner _ordered;
    private readonly List<BadRecord> _badSeen = [];
    private long _blocks;
    private volatile bool _hasSeenEnough;
    private readonly InFlight _inFlight = new();
    private volatile bool _wantsBarrier;

    /// <summary>A path for a bound pipeline. Stage workers and decoders live as long as the path, across epochs.</summary>
    public DataPath(BoundGraph graph, PathOptions options, PathMeter meter)
    {
        (_graph, _options, _meter) = (graph, options, meter);
        _budget = new ByteBudget(options.BytesInFlight, options.Whole);
        _ordered = new OrderedRunner(graph);
        _crossing = options.Exchange is { } plan ? new Crossing(graph, plan, options.Task) : null;
        meter.Watch(graph, _ordered.Counts);
    }

    /// <summary>Bytes in flight now.</summary>
    public long BytesInFlight => _budget.Spent + (_crossing?.BytesWaiting ?? 0);

    /// <summary>Whether a stage holds so much that the epoch should end soon.</summary>
    public bool WantsBarrier
    {
        get => _wantsBarrier;
        private set => _wantsBarrier = value;
    }

    /// <summary>What people should know of the last epoch, with how often it happened.</summary>
    public IReadOnlyDictionary<string, long> Notices => _ordered.Notices;

    /// <summary>Learns all widenings of the epoch before it gives up, instead of only the first ones.</summary>
    public bool ScansForWidenings { get; init; }

    /// <summary>The worker of a stage that keeps state, between epochs: to be saved, or restored before the first one.</summary>
    public StageWorker KeeperOf(BoundNode node) => _ordered.Worker(node, 0);

    /// <summary>Reads one epoch and stages it: returns when everything read stands in the writers and in quarantine.</summary>
    /// <param name="splits">What to read.</param>
    /// <param name="writers">One writer per sink of the graph.</param>
    /// <param name="quarantine">Takes bad records.</param>
    /// <param name="isDue">Asked after every block with the epoch's source bytes so far: whether the epoch should end now.</param>
    /// <param name="exchange">What crosses between the tasks in this attempt; null where they need nothing of one another.</param>
    public async Task<EpochOutcome> RunEpochAsync(
        ISplitFeed splits, IReadOnlyList<SinkWriter> writers, IQuarantine quarantine, Func<long, bool> isDue, IExchange? exchange = null)
    {
        _widenings.Clear();
        _ordered.Counts.Clear();
        _ordered.Notices.Clear();
        _badSeen.Clear();
        _inFlight.Clear();
        _options.BadWindow?.Restore();
        // A step that fails takes nothing any more: whoever waits for room before it has to be told.
        using var failing = CancellationTokenSource.CreateLinkedTokenSource(_options.Abort);
        var sinks = writers.Select(writer => new SinkStep(writer, _options, _budget, _meter.Wrote)).ToList();
        var transform = new TransformBlock<BlockInFlight, Morsel>(TransformAsync, _options.Parallel());
        var order = new ActionBlock<Morsel>(morsel => OrderAsync(morsel, sinks, quarantine, failing.Token), _options.Sequential());
        transform.LinkTo(order, new DataflowLinkOptions { PropagateCompletion = true });
        var receiving = exchange is null ? Task.FromResult<bool?>(false) : ReceiveAsync(exchange, sinks, quarantine, isDue, failing.Token);
        IReadOnlyList<Task> later = [order.Completion, .. sinks.Select(sink => sink.Completion), receiving];
        foreach (var step in later) _ = EndWhenFailedAsync(step, failing);
        try
        {
            var (drained, finished, open) = await ReadAsync(splits, transform, isDue, failing.Token);
            transform.Complete();
            await order.Completion;
            if (exchange is not null) await EndSendingAsync(open, drained, failing.Token);
            var received = await receiving;
            if (_widenings.Count > 0 || received is null)
            {
                foreach (var sink in sinks) await sink.AbandonAsync();
                return new EpochOutcome(false, [.. _widenings], _ordered.Counts, finished, open) { IsGivenUp = true };
            }

            if (exchange is null) await EndStagesAsync(drained, sinks, quarantine);
            SeeBad(null);
            for (var i = 0; i < sinks.Count; i++)
            {
                await sinks[i].CompleteAsync(_options.Abort);
            }

            return new EpochOutcome(drained, [], _ordered.Counts, finished, open) { HasSeenEnough = _hasSeenEnough };
        }
        catch (Exception error)
        {
            var failed = later.FirstOrDefault(step => step.IsFaulted);
            ((IDataflowBlock)transform).Fault(new OperationCanceledException());
            await failing.CancelAsync();
            await Task.WhenAny(receiving);
            foreach (var sink in sinks) await sink.AbandonAsync();
            // Who waited was told to stop: what the step that failed says is why.
            if (error is OperationCanceledException && !_options.Abort.IsCancellationRequested && failed is not null) await failed;
            throw;
        }
    }

    private static async Task EndWhenFailedAsync(Task step, CancellationTokenSource failing)
    {
        await Task.WhenAny(step);
        if (!step.IsFaulted) return;
        try
        {
            await failing.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The epoch has ended meanwhile.
        }
    }

    private async Task<(bool Drained, List<OpenSplit> Finished, OpenSplit? Open)> ReadAsync(
        ISplitFeed splits, TransformBlock<BlockInFlight, Morsel> transform, Func<long, bool> isDue, CancellationToken failing)
    {
        var finished = new List<OpenSplit>();
        var bytes = 0L;
        while (await splits.CurrentAsync(failing) is { } split)
        {
            BeginSplit(split);
            while (true)
            {
                if (_hasSeenEnough) return (true, finished, split);
                if (isDue(Counted(bytes)) || HasToStartAgain()) return (false, finished, split);
                await _budget.WaitAsync(failing);
                var before = split.BytesRead;
                var block = await split.ReadAsync(failing);
                _meter.Read(split.BytesRead - before);
                if (block is null) break;
                bytes += block.ByteSize;
                _budget.Spend(block.ByteSize);
                _inFlight.Enter();
                if (!await transform.SendAsync(new BlockInFlight(block, split, _blocks++), failing))
                {
                    block.Dispose();
                    await split.BlockDoneAsync();
                    return (false, finished, split);
                }
            }

            if (split.IsAwaited || _crossing is { Turns: not null }) await _inFlight.EmptyAsync(failing);
            if (_crossing is not null && !await EndSplitAsync(split, bytes, failing)) return (_hasSeenEnough, finished, split);
            finished.Add(split);
            await splits.FinishAsync(failing);
        }

        return (true, finished, null);
    }

    private bool HasToStartAgain()
    {
        if (_crossing is { Turns.IsLost: true }) return true;
        if (ScansForWidenings) return false;
        lock (_widenings) return _widenings.Count > 0;
    }

    private async Task<Morsel> TransformAsync(BlockInFlight block)
    {
        if (!_idleCores.TryPop(out var core))
        {
            core = new CoreRunner(_graph, _options.Exchange) { NumbersRecords = _options.BadWindow is not null };
            lock (_cores) _cores.Add(core);
        }

        lock (_widenings) core.DecodesOnly = _widenings.Count > 0;
        var morsel = core.Run(block);
        _idleCores.Push(core);
        await block.Split.BlockDoneAsync();
        return morsel;
    }

    private async Task OrderAsync(Morsel morsel, List<SinkStep> sinks, IQuarantine quarantine, CancellationToken failing)
    {
        if (_crossing is not null && !await HasTurnAsync(failing))
        {
            morsel.Discard();
            LetGo(morsel);
            return;
        }

        await JudgeAsync(morsel);
        lock (_widenings)
        {
            _widenings.AddRange(morsel.Widenings);
            if (_widenings.Count > 0) morsel.Discard();
        }

        if (_crossing is null) await TakeAsync(morsel, sinks, quarantine);
        else await CrossAsync(morsel, sinks, quarantine, failing);
        LetGo(morsel);
    }

    private async ValueTask TakeAsync(Morsel morsel, List<SinkStep> sinks, IQuarantine quarantine)
    {
        _ordered.Counts.Add(morsel.Counts);
        foreach (var (notice, count) in morsel.Notices) _ordered.Notices[notice] = _ordered.Notices.GetValueOrDefault(notice) + count;
        if (morsel.Bad.Count > 0) await SetAsideAsync(quarantine, morsel.Bad);
        foreach (var (to, batch) in morsel.Batches)
        {
            _ordered.Deliver(to, batch);
            await ForwardAsync(sinks, quarantine);
        }

        SeeBad(morsel.Counts);
        if (_crossing is null) _hasSeenEnough = _ordered.HasSeenEnough();
        WantsBarrier = _ordered.WantsBarrier();
    }

    private void LetGo(Morsel morsel)
    {
        _budget.Return(morsel.Budget);
        _inFlight.Leave();
    }

    private ValueTask SetAsideAsync(IQuarantine quarantine, IReadOnlyList<BadRecord> bad)
    {
        if (_options.BadWindow is not null) _badSeen.AddRange(bad);
        return quarantine.AddAsync(bad, _options.Abort);
    }

    /// <summary>Counts what was set aside of a block: here, where blocks stand in source order, so that it does not matter how the input was cut.</summary>
    private void SeeBad(LedgerCounters? counts)
    {
        if (_options.BadWindow is not { } window) return;
        lock (_widenings)
            if (_widenings.Count > 0) return;
        window.See(counts is null ? 0 : Enumerable.Range(0, _graph.Sources.Count).Sum(source => counts.In(source)), _badSeen);
        _badSeen.Clear();
    }

    /// <summary>Lets the watch see what the rows showed, unless the epoch starts again anyway.</summary>
    private async ValueTask JudgeAsync(Morsel morsel)
    {
        if (_options.Drift is not { } watch) return;
        foreach (var finding in morsel.Findings)
        {
            lock (_widenings)
                if (_widenings.Count > 0) return;
            if (await watch.MeetAsync(finding) is not { } again) continue;
            morsel.Widenings.Add(again);
            return;
        }
    }

    private Task EndStagesAsync(bool drained, List<SinkStep> sinks, IQuarantine quarantine) =>
        drained ? FinishStagesAsync(sinks, quarantine) : EndEpochOfStagesAsync(sinks, quarantine);

    /// <summary>Ends the input of every stage, in the order of the graph, so that what one emits reaches the next before that one ends.</summary>
    private async Task FinishStagesAsync(List<SinkStep> sinks, IQuarantine quarantine)
    {
        foreach (var node in _graph.Stages.Where(node => node.Region != Region.Parallel && RunsHere(node)))
        {
            if (node.Keeps == Keeping.State && !_options.EndsRun) _ordered.EndEpoch(node);
            else _ordered.Finish(node, _crossing is null ? [.. _cores.SelectMany(core => core.WorkersOf(node))] : []);
            await ForwardAsync(sinks, quarantine);
        }
    }

    /// <summary>Lets stages emit what they hold back only until a barrier, in the order of the graph.</summary>
    private async Task EndEpochOfStagesAsync(List<SinkStep> sinks, IQuarantine quarantine)
    {
        foreach (var node in _graph.Stages.Where(node => node.Region == Region.Ordered && RunsHere(node)))
        {
            _ordered.EndEpoch(node);
            await ForwardAsync(sinks, quarantine);
        }

        WantsBarrier = false;
    }

    private async ValueTask ForwardAsync(List<SinkStep> sinks, IQuarantine quarantine)
    {
        foreach (var (to, batch) in _ordered.ToSinks)
        {
            _ordered.Counts.In(to.Node) += batch.Length;
            _ordered.Counts.Out(to.Node) += batch.Length;
            await sinks[to.Node - _graph.Sinks[0].Node].AddAsync(batch, _options.Abort);
        }

        _ordered.ToSinks.Clear();
        if (_ordered.Bad.Count == 0) return;
        await SetAsideAsync(quarantine, [.. _ordered.Bad]);
        _ordered.Bad.Clear();
    }
}
