using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;
using DataMesh.DataPlane;
using DataMesh.DataPlane.Exchanges;
using DataMesh.DataPlane.Flow;
using DataMesh.DataPlane.Graph;
using DataMesh.DataPlane.Quarantine;
using DataMesh.Runtime.Commit;
using DataMesh.Runtime.Groups.Remote;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Groups;

/// <summary>
/// One task of a pipeline: reads the splits that it is given through a data path of its own and stages what comes of them. It knows of the run only what the
/// pipeline file says; everything that was found out stands in its orders.
/// </summary>
internal sealed class TaskInstance(
    int number, PipelineRun run, ITaskGroup group, Func<PartOrder, BoundGraph> bind, PathMeter meter, int cores, CancellationToken abort) : IDriftWatch, IAsyncDisposable
{
    /// <summary>What crosses between the instances of an attempt; null where they need nothing of one another.</summary>
    public Func<PartOrder, IExchange?> Exchange { get; init; } = _ => null;

    private readonly InstanceFeed _feed = new(number, run, group);
    private readonly BadWindow? _window = run.BadWindowOf(number);
    private readonly HashSet<(FindingKind, SplitName, string, DataType)> _met = [];
    private Task _running = Task.CompletedTask;
    private BoundGraph? _graph;
    private DataPath? _path;
    private TaskKeys _keys = TaskKeys.All;
    private int _plan = -1;
    private int _attempt = -1;

    /// <summary>Bytes of blocks and batches in flight.</summary>
    public long BytesInFlight => _path?.BytesInFlight ?? 0;

    /// <summary>Reads and stages this instance's part of an epoch, as often as the epoch begins again.</summary>
    public Task RunPartAsync(long epoch) => _running = RunAsync(epoch);

    /// <inheritdoc/>
    public async ValueTask<Widening?> MeetAsync(Finding finding)
    {
        if (!_met.Add((finding.Kind, finding.Split, finding.Column, finding.Found))) return null;
        return await group.MeetAsync(finding, abort);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        await _feed.DisposeAsync();
    }

    private async Task RunAsync(long epoch)
    {
        while (true)
        {
            var order = await group.BeginAsync(new PartBeginning(number, epoch, _attempt) { Held = _feed.Held }, abort);
            _attempt = order.Attempt;
            run.Drains.Begin(number, order.EndsEarly);
            if (await RefusedAsync(order) is { } why)
            {
                if (order.Tasks > 1) Exchange(order)?.GiveUp();
                var refusal = new PartReport(number, order.Attempt, false, false, [], new Dictionary<string, long>()) { Refused = why };
                if (await group.ReportAsync(refusal, () => { }, abort) != PartVerdict.Again) return;
                continue;
            }

            _feed.Begin(order.Attempt);
            _met.Clear();
            if (await AttemptAsync(order) != PartVerdict.Again) return;
        }
    }

    /// <summary>Binds to another plan, if there is one; what a stage has kept may be of a narrower type, and then this says so.</summary>
    private async Task<string?> RefusedAsync(PartOrder order)
    {
        if (order.Plan == _plan) return null;
        try
        {
            await BindAsync(order);
            return null;
        }
        catch (DataMeshException error) when (order.MayBeRefused)
        {
            return error.Message;
        }
    }

    private async Task BindAsync(PartOrder order)
    {
        _plan = order.Plan;
        _graph = bind(order);
        _keys = new TaskKeys(number, ExchangePlan.Of(_graph, order.Tasks));
        var options = new PathOptions
        {
            Cores = cores,
            Scheduler = TaskScheduler.Current,
            Whole = run.Options.Budget,
            Abort = abort,
            Drift = this,
            BadWindow = _window,
            EndsRun = run.Settlement is null,
            Exchange = _keys.Plan,
            Task = number,
        };
        _path = new DataPath(_graph, options, meter) { ScansForWidenings = order.ScansForWidenings };
        if (order.KeepsState) run.Account.States.Restore(_graph, _path, order.States, _keys);
        await _feed.DropAsync(_graph, [.. order.Sources.Select((facts, i) => SourceRules.From(facts, run.Definition.Drift, run.Definition.Sources[i].Source.DeclaredTypes))]);
    }

    private async Task<PartVerdict> AttemptAsync(PartOrder order)
    {
        var counted = meter.Mark();
        var verdict = PartVerdict.GivenUp;
        var isKnown = true;
        run.Account.States.BeginEpoch();
        var writers = new List<SinkWriter>();
        await using var quarantine = new QuarantineWriter(
            run.Definition.Sinks[0].Sink.SideFolder(run.Context, "_quarantine"), run.Definition.Name, run.Version, order.Epoch, run.Clock,
            [.. _graph!.NodeNames.Select(node => node.Id)])
        {
            Causes = run.Settlement is { IsReplay: true } ? [] : null,
            OnlyCounts = run.Options.DryRun,
        };
        try
        {
            foreach (var sink in _graph.Sinks)
                writers.Add(_keys.Has(sink) ? await OpenAsync(sink, order, writers.Count) : new NoWriter(sink.Schema));
            var part = await ReadAsync(order, writers, quarantine);
            verdict = await group.ReportAsync(part, () => Discard(writers, quarantine), abort);
            if (verdict == PartVerdict.Kept) _window?.Save();
            return verdict;
        }
        catch (VerdictUnknownException)
        {
            isKnown = false;
            throw;
        }
        finally
        {
            if (verdict != PartVerdict.Kept && !run.Options.DryRun) meter.GoBack(counted);
            foreach (var writer in writers) await writer.DisposeAsync();
            if (verdict != PartVerdict.Kept && isKnown) Discard(writers, quarantine);
        }
    }

    private ValueTask<SinkWriter> OpenAsync(BoundSink sink, PartOrder order, int at) => order.Replaces
        ? sink.Sink.OpenReplacingWriterAsync(sink.Schema, run.Context, abort)
        : order.Retyped[at] is { Count: > 0 } retyped
            ? sink.Sink.OpenRetypingWriterAsync(sink.Schema, retyped, run.Context, abort)
            : sink.Sink.OpenWriterAsync(sink.Schema, run.Context, abort);

    private void Discard(List<SinkWriter> writers, QuarantineWriter quarantine)
    {
        foreach (var writer in writers) writer.Discard();
        quarantine.Discard();
        run.Account.States.Discard();
    }

    private async Task<PartReport> ReadAsync(PartOrder order, List<SinkWriter> writers, QuarantineWriter quarantine)
    {
        var word = EpochWord.GoOn;
        var outcome = await _path!.RunEpochAsync(_feed, writers, quarantine, bytes => Ask(order, bytes, out word), _keys.Plan is null ? null : Exchange(order));
        var part = new PartReport(number, order.Attempt, false, outcome.IsDrained, outcome.Counts.Lines(_graph!), quarantine.Reasons)
        {
            Widenings = outcome.Widenings,
            HasSeenEnough = outcome.HasSeenEnough,
        };
        if (outcome.Widenings.Count > 0 || outcome.IsGivenUp || word == EpochWord.GiveUp || run.Options.DryRun) return part;
        if (!outcome.IsDrained && (!order.MayEndAnywhere || run.Settlement is not null)) return part;
        if (run.Settlement is not null && outcome.OpenSplit is not null) throw StoppedEarly();
        if (run.Settlement is { } replay && quarantine.Causes is { } causes && replay.IsInVain(part.Ledger, causes))
        {
            (run.Outcome.Settled, run.Outcome.WasInVain) = (replay.GiveUp(), true);
            return part;
        }

        return await StageAsync(order, part, outcome, writers, quarantine);
    }

    /// <summary>Whether the epoch should end here.</summary>
    private bool Ask(PartOrder order, long bytes, out EpochWord word) =>
        (word = group.Ask(number, order.Attempt, bytes, _path!.WantsBarrier || run.Drains.IsDraining(number))) != EpochWord.GoOn;

    private async Task<PartReport> StageAsync(PartOrder order, PartReport part, EpochOutcome outcome, List<SinkWriter> writers, QuarantineWriter quarantine)
    {
        CrashPoint.Reached(CrashPoints.EpochRead);
        var outputs = new List<StagedOutput>();
        foreach (var writer in writers)
        {
            outputs.Add(await writer.StageAsync(abort));
            CrashPoint.Reached(CrashPoints.StageData);
        }

        var bad = await quarantine.StageAsync(abort);
        CrashPoint.Reached(CrashPoints.StageQuarantine);
        return part with
        {
            IsStaged = true,
            Outputs = outputs,
            Bad = bad is var (file, rows, bytes) ? new QuarantinePart(file, rows, bytes) : null,
            Reasons = quarantine.Reasons,
            State = order.KeepsState ? run.Account.States.Save(_graph!, _path!, order.States, order.Epoch, _keys) : [],
            Notices = _path!.Notices,
            Missing = [.. outcome.FinishedSplits.Select(MissingIn).OfType<MissingColumns>()],
            Finished = [.. outcome.FinishedSplits.Select(split => _feed.PositionOf(split) with { IsWhole = !split.Split.MayGrow })],
            Open = outcome.OpenSplit is { } half ? new HeldSplit(half.Split.Name, _feed.PositionOf(half)) : null,
        };
    }

    private MissingColumns? MissingIn(OpenSplit split) => split is { IsFinished: true, Sought.Missing: { Count: > 0 } columns }
        ? new MissingColumns(split.Source.Node, split.Split.Id, columns, _feed.PositionOf(split).From <= split.Split.Start)
        : null;

    private static DataMeshException StoppedEarly() => new(
        "A stage had seen enough before all records were replayed (a limit): nothing was replayed.", hint: "take the limit out, or replay fewer records with filters");
}
