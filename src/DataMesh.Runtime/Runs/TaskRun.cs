using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;
using DataMesh.DataPlane;
using DataMesh.DataPlane.Flow;
using DataMesh.DataPlane.Graph;
using DataMesh.DataPlane.Quarantine;

namespace DataMesh.Runtime.Runs;

/// <summary>
/// The data plane of one task: binds the pipeline to what the sources show, and reads epoch after epoch into staged files.
/// </summary>
public sealed class TaskRun(PipelineRun run, SplitFeed feed, int cores, CancellationToken abort, SourcePlans? plans = null) : IAsyncDisposable
{
    /// <summary>Restarts with wider types before the whole epoch is scanned for every widening at once.</summary>
    private const int EagerRestartsMax = 2;

    private BoundGraph? _graph;
    private DataPath? _path;
    private SourcePlans? _plans = plans;
    private int _restarts;

    /// <summary>The epoch that is staged and not yet prepared.</summary>
    public StagedEpoch? Staged { get; private set; }

    /// <summary>Whether rows that the creating run has committed would be others with the types that are known now: the run must start over.</summary>
    public bool MustStartOver { get; private set; }

    /// <summary>What is known of the sources' types.</summary>
    public SourcePlans? Plans => _plans;

    /// <summary>Bytes of blocks and batches in flight.</summary>
    public long BytesInFlight => _path?.BytesInFlight ?? 0;

    /// <summary>Bytes of all splits that the run reads.</summary>
    public long TotalBytes => feed.TotalBytes;

    /// <summary>
    /// Reads and stages an epoch; null when the run must start over, or when a stop was asked for that this pipeline can only follow by giving the epoch up.
    /// </summary>
    public async Task<StagedEpoch?> RunEpochAsync(long epoch)
    {
        if (_path is null) await PrepareAsync();
        feed.BeginEpoch();
        _plans!.Gate.BeginEpoch();
        _plans.Settle(run);
        while (true)
        {
            var attempt = await AttemptAsync(epoch);
            if (attempt.Staged is { } staged) return Staged = staged;
            if (attempt.Widenings.Count == 0) return null;
            _restarts++;
            var hasCommitted = run.LastManifest is not null && !run.StartsOver;
            var (before, onlyAdds) = (_graph!, _plans!.OnlyAdds(attempt.Widenings));
            foreach (var told in await _plans.WidenAsync(attempt.Widenings)) run.Outcome.Tell(told);
            var isRewriting = TryRetype();
            if (hasCommitted && run.IsCreating && !(onlyAdds && KeepsTypes(before, _graph!) && KeepsColumns(before, _graph!)))
            {
                MustStartOver = true;
                return null;
            }

            _plans.Gate.Rewind();
            await RestartPathAsync(isRewriting);
        }
    }

    /// <summary>Binds to the wider types, and to targets that become wider with them. Where a stage does not fit them, such columns stay what they are.</summary>
    private bool TryRetype()
    {
        try
        {
            Retyping.Apply(run, _plans!);
            Bind();
            return _plans!.Sources.Any(rules => rules.Narrow.Count > 0);
        }
        catch (DataMeshException error) when (_plans!.Sources.Any(rules => rules.Narrow.Count > 0))
        {
            _plans.GiveUpRewrites(error.Message, run);
            Bind();
            return false;
        }
    }

    /// <summary>Begins the epoch again. What a stage has kept may be of the narrower type.</summary>
    private async Task RestartPathAsync(bool isRewriting)
    {
        try
        {
            await StartPathAsync();
        }
        catch (DataMeshException error) when (isRewriting)
        {
            _plans!.GiveUpRewrites(error.Message, run);
            Bind();
            await StartPathAsync();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => feed.DisposeAsync();

    private bool MayEndAnywhere => _graph!.MayEndAnywhere && !run.Replaces;

    private async Task PrepareAsync()
    {
        if (_plans is null)
        {
            foreach (var node in run.Definition.Stages) await node.Stage.PrepareAsync(run.Context, abort);
            _plans = await SourcePlans.DescribeAsync(run, feed.Pending, abort);
        }
        else
        {
            _plans.Gate.StartOver();
        }

        feed.Gate = _plans.Gate;

        Bind();
        await StartPathAsync();
    }

    private void Bind()
    {
        _graph = GraphBinder.Bind(RunPreview.Complete(run), _plans!.Plans, run.Context);
    }

    private async Task StartPathAsync()
    {
        _path = new DataPath(_graph!, new PathOptions { Cores = cores, Whole = run.Options.Budget, Abort = abort, Drift = _plans!.Gate, BadWindow = run.BadWindow, EndsRun = run.Settlement is null }, run.Meter) { ScansForWidenings = _restarts >= EagerRestartsMax };
        if (run.KeepsState) run.Account.States.Restore(_graph!, _path, run.States);
        foreach (var node in _graph!.Keepers.Where(node => run.LastManifest is not null && !run.ReplacesNext && run.States.All(state => state.Stage != node.Id)))
            run.Outcome.Tell($"The stage '{node.Id}' begins with nothing: it knows no row committed before (--rebuild reads everything again).");
        await feed.RewindAsync(_graph);
    }

    /// <summary>Whether every column that both graphs have, anywhere, is what it was: rows of earlier epochs are then what they would be now.</summary>
    private static bool KeepsTypes(BoundGraph before, BoundGraph after) => before.Stages.Zip(after.Stages).All(pair =>
        pair.First.Bound.OutputSchemas.Zip(pair.Second.Bound.OutputSchemas).All(schemas => schemas.First.All(
            field => field.Type.Kind == TypeKind.Null || !schemas.Second.TryGet(field.Name, out var now) || now.Type == field.Type)));

    /// <summary>Whether every sink gets the columns that it got before, or takes more.</summary>
    private static bool KeepsColumns(BoundGraph before, BoundGraph after) => before.Sinks.Zip(after.Sinks).All(pair =>
        pair.Second.Sink.TakesNewColumns || pair.First.Schema.Names.SequenceEqual(pair.Second.Schema.Names));

    private async Task<(StagedEpoch? Staged, IReadOnlyList<Widening> Widenings)> AttemptAsync(long epoch)
    {
        var graph = _graph!;
        var started = run.Clock.GetUtcNow();
        var counted = run.Meter.Mark();
        StagedEpoch? staged = null;
        run.Account.States.BeginEpoch();
        var writers = new List<SinkWriter>();
        await using var quarantine = new QuarantineWriter(
            run.Definition.Sinks[0].Sink.SideFolder(run.Context, "_quarantine"), run.Definition.Name, run.Version, epoch, run.Clock,
            [.. graph.NodeNames.Select(node => node.Id)]);
        try
        {
            foreach (var sink in graph.Sinks)
                writers.Add(await OpenAsync(sink, writers.Count));
            var outcome = await _path!.RunEpochAsync(feed, writers, quarantine, IsDue(run.Clock.GetTimestamp()));
            if (outcome.Widenings.Count > 0) return (null, outcome.Widenings);
            if (run.Options.DryRun) run.Outcome.Add(outcome.Counts.Lines(graph), quarantine.Reasons);
            if (run.Options.DryRun || (!outcome.IsDrained && (!MayEndAnywhere || run.Settlement is not null))) return (null, []);
            if (run.Settlement is not null && outcome.OpenSplit is not null) throw StoppedEarly();
            staged = await StageAsync(epoch, outcome, writers, quarantine, started);
            return (staged, []);
        }
        finally
        {
            if (staged is null && !run.Options.DryRun) run.Meter.GoBack(counted);
            foreach (var writer in writers) await writer.DisposeAsync();
            if (staged is null) Discard(writers, quarantine);
        }
    }

    private ValueTask<SinkWriter> OpenAsync(BoundSink sink, int at) => run.ReplacesNext
        ? sink.Sink.OpenReplacingWriterAsync(sink.Schema, run.Context, abort)
        : run.RetypedOf(at) is { Count: > 0 } retyped
            ? sink.Sink.OpenRetypingWriterAsync(sink.Schema, retyped, run.Context, abort)
            : sink.Sink.OpenWriterAsync(sink.Schema, run.Context, abort);

    private void Discard(List<SinkWriter> writers, QuarantineWriter quarantine)
    {
        foreach (var writer in writers) writer.Discard();
        quarantine.Discard();
        run.Account.States.Discard();
    }

    private Func<long, bool> IsDue(long started)
    {
        // An epoch after which nothing may widen, although rows to come may ask for it, ends with the input.
        var bounded = !run.Options.DryRun && run.Settlement is null && MayEndAnywhere && (run.IsCreating || run.Recovered.Position is not null);
        return bytes => run.StopAtBarrier.IsCancellationRequested
            || (bounded && bytes > 0 && (bytes >= run.EpochBytes || run.IsDraining || _path!.WantsBarrier || run.Clock.GetElapsedTime(started) >= run.EpochTime));
    }

    private async Task<StagedEpoch> StageAsync(
        long epoch, EpochOutcome outcome, List<SinkWriter> writers, QuarantineWriter quarantine, DateTimeOffset started)
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
        IReadOnlyList<Commit.StageState> state = run.KeepsState ? run.Account.States.Save(_graph!, _path!, run.States, epoch) : [];
        var ledger = outcome.Counts.Lines(_graph!);
        foreach (var (notice, count) in _path!.Notices) run.Outcome.Tell($"{count:N0} {notice}.");
        if (ledger.FirstOrDefault(line => !line.Closes) is { } open)
            throw new DataMeshException($"The ledger of '{open.Id}' does not close: {open}.", detail: "Nothing was committed.", hint: "this is a bug in the stage; please report it with the pipeline file");
        var (drift, shapes) = await _plans!.Gate.ConcludeAsync();
        return new StagedEpoch(epoch, outcome, ledger, outputs, bad, quarantine.Reasons, _plans!.Schemas, started, run.Clock.GetUtcNow())
        {
            Discard = () => Discard(writers, quarantine),
            Finished = [.. outcome.FinishedSplits.Select(split => Position(split))],
            Open = outcome.OpenSplit is { } half ? [Position(half)] : [],
            State = state,
            Drift = drift,
            Shapes = shapes,
        };
    }

    private static DataMeshException StoppedEarly() => new(
        "A stage had seen enough before all records were replayed (a limit): nothing was replayed.", hint: "take the limit out, or replay fewer records with filters");

    private Commit.SplitPosition Position(OpenSplit split) =>
        new(split.Source.Id, split.Split.Id, split.Split.Identity, feed.EpochFrom(split), split.Position);
}
