using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;
using DataMesh.DataPlane.Flow;
using DataMesh.DataPlane.Graph;
using DataMesh.DataPlane.Quarantine;
using DataMesh.DataPlane;

namespace DataMesh.Runtime.Runs;

/// <summary>
/// The data plane of one task: binds the pipeline to what the sources show, and reads epoch after epoch into staged files.
/// </summary>
public sealed class TaskRun(PipelineRun run, SplitFeed feed, int cores, CancellationToken abort) : IAsyncDisposable
{
    /// <summary>Restarts with wider types before the whole epoch is scanned for every widening at once.</summary>
    private const int EagerRestartsMax = 2;

    private BoundGraph? _graph;
    private DataPath? _path;
    private SourcePlans? _plans;
    private int _restarts;

    /// <summary>The epoch that is staged and not yet prepared.</summary>
    public StagedEpoch? Staged { get; private set; }

    /// <summary>Bytes of blocks and batches in flight.</summary>
    public long BytesInFlight => _path?.BytesInFlight ?? 0;

    /// <summary>Bytes of all splits that the run reads.</summary>
    public long TotalBytes => feed.TotalBytes;

    /// <summary>Reads and stages an epoch; null when a stop was asked for that this pipeline can only follow by giving the epoch up.</summary>
    public async Task<StagedEpoch?> RunEpochAsync(long epoch)
    {
        if (_path is null) await PrepareAsync();
        feed.BeginEpoch();
        while (true)
        {
            var attempt = await AttemptAsync(epoch);
            if (attempt.Staged is { } staged) return Staged = staged;
            if (attempt.Widenings.Count == 0) return null;
            _restarts++;
            foreach (var told in _plans!.Widen(attempt.Widenings)) run.Outcome.Tell(told);
            await RebindAsync();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => feed.DisposeAsync();

    private bool MayEndAnywhere => _graph!.MayEndAnywhere && !run.Replaces;

    private async Task PrepareAsync()
    {
        foreach (var node in run.Definition.Stages) await node.Stage.PrepareAsync(run.Context, abort);
        _plans = await SourcePlans.DescribeAsync(run, abort);
        await RebindAsync();
    }

    private async Task RebindAsync()
    {
        var definition = Upserting.Insert(run.Replaces ? run.Definition : Conforming.Insert(run.Definition, run.Recovered.Targets));
        _graph = GraphBinder.Bind(definition, _plans!.Plans, run.Context);
        _path = new DataPath(_graph, new PathOptions { Cores = cores, Abort = abort }, run.Meter) { ScansForWidenings = _restarts >= EagerRestartsMax };
        await feed.RewindAsync(_graph);
    }

    private async Task<(StagedEpoch? Staged, IReadOnlyList<Widening> Widenings)> AttemptAsync(long epoch)
    {
        var graph = _graph!;
        var started = run.Clock.GetUtcNow();
        var writers = new List<SinkWriter>();
        await using var quarantine = new QuarantineWriter(
            run.Definition.Sinks[0].Sink.SideFolder(run.Context, "_quarantine"), run.Definition.Name, run.Version, epoch, run.Clock,
            [.. graph.NodeNames.Select(node => node.Id)]);
        try
        {
            foreach (var sink in graph.Sinks)
                writers.Add(await (run.Replaces ? sink.Sink.OpenReplacingWriterAsync(sink.Schema, run.Context, abort) : sink.Sink.OpenWriterAsync(sink.Schema, run.Context, abort)));
            var outcome = await _path!.RunEpochAsync(feed, writers, quarantine, IsDue(started));
            if (outcome.Widenings.Count > 0) return (null, outcome.Widenings);
            if (!outcome.IsDrained && !MayEndAnywhere) return (null, []);
            return (await StageAsync(epoch, outcome, writers, quarantine, started), []);
        }
        finally
        {
            foreach (var writer in writers) await writer.DisposeAsync();
        }
    }

    private Func<long, bool> IsDue(DateTimeOffset started)
    {
        // The epoch that creates a table ends with the input: until its commit, types may still widen.
        var bounded = MayEndAnywhere && run.Recovered.Position is not null;
        return bytes => run.StopAtBarrier.IsCancellationRequested
            || (bounded && bytes > 0 && (bytes >= run.Options.EpochBytes || _path!.WantsBarrier || run.Clock.GetUtcNow() - started >= run.Options.EpochTime));
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
        var ledger = outcome.Counts.Lines(_graph!);
        foreach (var (notice, count) in _path!.Notices) run.Outcome.Tell($"{count:N0} {notice}.");
        if (ledger.FirstOrDefault(line => !line.Closes) is { } open)
            throw new DataMeshException($"The ledger of '{open.Id}' does not close: {open}.", detail: "Nothing was committed.", hint: "this is a bug in the stage; please report it with the pipeline file");
        return new StagedEpoch(epoch, outcome, ledger, outputs, bad, quarantine.Reasons, _plans!.Schemas, started, run.Clock.GetUtcNow())
        {
            Finished = [.. outcome.FinishedSplits.Select(split => Position(split))],
            Open = outcome.OpenSplit is { } half ? [Position(half)] : [],
        };
    }

    private Commit.SplitPosition Position(OpenSplit split) =>
        new(split.Source.Id, split.Split.Id, split.Split.Identity, feed.EpochFrom(split), split.Position);
}
