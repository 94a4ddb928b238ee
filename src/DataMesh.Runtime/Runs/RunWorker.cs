using DataMesh.ControlPlane.Datasets;
using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.ControlPlane.Sources;
using DataMesh.ControlPlane.Tasks;
using DataMesh.Core;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;
using DataMesh.Runtime.Commit;
using DataMesh.Runtime.Groups;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Quarantine;

namespace DataMesh.Runtime.Runs;

/// <summary>Carries out the work of all grains of one run: the only place where the control plane's words become deeds.</summary>
/// <param name="run">The run.</param>
/// <param name="host">The silo that it is in; null when it is in none.</param>
public sealed class RunWorker(PipelineRun run, ISiloHost? host = null) : IGrainWorker, IAsyncDisposable
{
    private readonly RunParts _parts = new(run, host, CoresOf(run));
    private readonly Dictionary<string, List<PendingSplit>> _pending = [];
    private readonly InputProbe _probe = new(run, CoresOf(run));
    private TaskGroup? _task;
    private int _tasks = 1;
    private bool _isRecovered;
    private StagedEpoch? _settled;
    private long _readBefore;

    /// <summary>Whether everything has been read and the trigger is awaited.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Whether something went wrong that may pass, and the next attempt is awaited.</summary>
    public bool IsPausing { get; private set; }

    /// <summary>Bytes of the splits that were listed and are not read yet; -1 when unknown.</summary>
    public long BytesLeft => _task switch
    {
        null => -1,
        // What a stage that has seen enough (limit) left unread is not left.
        { Staged.IsDrained: true } => 0,
        var task => Math.Max(0, task.TotalBytes - (run.Meter.BytesRead - _readBefore)),
    };

    /// <summary>Where its task instances meet their coordinator.</summary>
    internal RunParts Parts => _parts;

    /// <summary>The running task, for progress.</summary>
    public TaskGroup? Task => _task;

    /// <inheritdoc/>
    public async Task<GrainEvent?> DoAsync(GrainId self, Work work, long fence, CancellationToken cancellation)
    {
        if (work is LeavePart leave)
        {
            await _parts.LeaveAsync(leave.Instance);
            return null;
        }

        return work switch
        {
            Recover => await RecoverAsync(cancellation),
            Enumerate => await EnumerateAsync(self, cancellation),
            RunEpoch read => await ReadAsync(read, cancellation),
            ProbeInput probe => await _probe.DoAsync(probe, Listed(), cancellation),
            ReadPart part => await _parts.ReadAsync(part, cancellation),
            Prepare prepare => PrepareEpoch(prepare, fence),
            ControlPlane.Datasets.Commit commit => await CommitAsync(commit, cancellation),
            Complete complete => CompleteEpoch(complete),
            Pause pause => await PauseAsync(pause, cancellation),
            AwaitTrigger => await AwaitTriggerAsync(cancellation),
            ReportEnd report => End(report),
            _ => throw new NotSupportedException(work.GetType().Name),
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _parts.DisposeAsync();
        if (_task is not null) await _task.DisposeAsync();
    }

    private static int CoresOf(PipelineRun run) => run.Options.Cores > 0 ? run.Options.Cores : Environment.ProcessorCount;

    private async Task<GrainEvent> RecoverAsync(CancellationToken cancellation)
    {
        if (_task is not null) await _task.DisposeAsync();
        _parts.BeHere();
        (_task, _readBefore) = (null, run.Meter.BytesRead);
        lock (_pending) _pending.Clear();
        _probe.Clear();
        (run.Settlement, _settled) = (null, null);
        var found = await Recovery.LookAsync(run, cancellation);
        if (run.Options.DryRun && found is PreparedFound prepared)
            throw new DataMeshException($"Epoch {prepared.Epoch} was prepared and is not committed: a dry run changes nothing.", hint: "run the pipeline first");
        if (found is PositionsFound && run.Options.Settle is { } request)
        {
            run.Settlement = await Settlement.SelectAsync(run, request, cancellation);
            run.Outcome.Settled = run.Settlement.Result;
        }

        if (found is not PositionsFound positions) return found;
        for (var i = 0; i < run.Definition.Sinks.Count && !run.Options.DryRun; i++) run.Definition.Sinks[i].Sink.CleanUp(run.Recovered.Targets[i].Epoch, run.Context);
        _tasks = run.Settlement is null ? TaskCount.Of(run.Definition, run.Options.Parallelism).Tasks : 1;
        _isRecovered = true;
        return positions with { Tasks = _tasks, IsTogether = host?.Peers is null };
    }

    private async Task<GrainEvent> EnumerateAsync(GrainId self, CancellationToken cancellation)
    {
        var id = self.Key[(run.Definition.Name.Length + 1)..];
        if (run.Settlement is not null) return await ListSettledAsync(id, cancellation);
        var number = run.Definition.Sources.ToList().FindIndex(node => node.Id == id);
        var found = new List<PendingSplit>();
        await foreach (var split in run.Definition.Sources[number].Source.EnumerateAsync(run.Context, cancellation))
        {
            if (await Remains.FindAsync(run, number, split, cancellation) is { } rest) found.Add(rest);
        }

        lock (_pending) _pending[id] = found;
        return new SplitsFound(found.Count, found.Sum(each => each.BytesLeft));
    }

    /// <summary>The records to settle, all listed under the first source: grains know only those of the pipeline file.</summary>
    private async Task<GrainEvent> ListSettledAsync(string id, CancellationToken cancellation)
    {
        if (id != run.Definition.Sources[0].Id || run.Settlement!.Records == 0) return new SplitsFound(0, 0);
        for (var i = 0; i < run.Definition.Sources.Count; i++)
        {
            var found = new List<PendingSplit>();
            var node = run.Definition.Sources[i];
            if (run.Settlement.IsReplay)
                await foreach (var split in node.Source.EnumerateAsync(run.Context, cancellation)) found.Add(new PendingSplit(i, split, split.Start));
            lock (_pending) _pending[node.Id] = found;
        }

        return new SplitsFound(1, 0);
    }

    private async Task<GrainEvent> ReadAsync(RunEpoch read, CancellationToken cancellation)
    {
        if (run.Settlement is { IsReplay: false } discard)
        {
            _settled = discard.StageNothing(run, read.Epoch);
            return new EpochStaged(read.Epoch, IsDrained: true, IsStopping: false);
        }

        if (_task is { IsAbandoned: true }) return new WorkFailed("read", "What read the pipeline here ended with an earlier activation.", MayPass: true) { IsLost = true };
        if (!IsReady()) return new WorkFailed("read", "What there is to read is not known in this process: going back to the last committed epoch.", MayPass: true);
        var group = _task ??= Open(read, cancellation);
        _parts.Open(group);
        var staged = await group.RunEpochAsync(read.Epoch);
        if (staged is null)
        {
            run.Outcome.StoppedAt = run.Options.DryRun || run.Outcome.WasInVain ? null : "before anything was committed: this pipeline's result needs the whole input";
            return new EpochGivenUp(read.Epoch);
        }

        if (Remains.WrittenOver(run, staged) is { } split)
        {
            staged.Discard();
            return new WorkFailed("read", $"'{split}' was written over while it was read: reading it again.", MayPass: true);
        }

        run.Outcome.StoppedAt = !staged.IsDrained && staged.Held.Count > 0 ? string.Join(", ", staged.Held.Select(split => $"{split.Name} at position {split.Position.To}")) : null;
        return new EpochStaged(read.Epoch, staged.IsDrained, run.StopAtBarrier.IsCancellationRequested);
    }

    /// <summary>Whether this process has recovered and listed the sources since: a run that was let go of comes back knowing nothing.</summary>
    private bool IsReady()
    {
        lock (_pending) return _isRecovered && run.Definition.Sources.All(node => _pending.ContainsKey(node.Id));
    }

    private TaskGroup Open(RunEpoch read, CancellationToken cancellation) => new(run, Listed(), _tasks, CoresOf(run), cancellation)
    {
        Attempt = read.Attempt,
        Poisoned = read.Poisoned ?? [],
        Exchanges = _parts.Exchanges is { } exchanges ? (instance, order) => exchanges.Open(read.Attempt, instance, order) : null,
    };

    private IReadOnlyList<PendingSplit> Listed()
    {
        lock (_pending) return [.. run.Definition.Sources.SelectMany(node => _pending[node.Id])];
    }

    private GrainEvent PrepareEpoch(Prepare prepare, long fence)
    {
        var staged = _settled ?? _task?.Staged ?? throw new InvalidOperationException("Nothing is staged.");
        var (mine, stands) = Prepare(staged, fence);
        CrashPoint.Reached(CrashPoints.Prepared);
        if (stands.PreparedId != mine.PreparedId)
            return new WorkFailed("prepare", $"Epoch {prepare.Epoch} was prepared by another process: going back to what it prepared.", MayPass: true);
        if (run.StartsOver) run.Outcome.Clear();
        return new EpochPrepared(prepare.Epoch, new PreparedFacts(
            prepare.Epoch, mine.PreparedId, run.Account.PreparedPath(prepare.Epoch), [.. mine.Targets.Select(target => target.Path)]));
    }

    /// <summary>Prepares the epoch, or takes its files back: the attempt that follows stages anew, and on a full disk needs their space.</summary>
    private (PreparedRecord Mine, PreparedRecord Stands) Prepare(StagedEpoch staged, long fence)
    {
        try
        {
            var mine = EpochRecords.Make(run, staged) with { Fence = fence };
            PreparedPointers.Write(run);
            for (var i = 0; i < run.Definition.Sinks.Count; i++) run.Definition.Sinks[i].Sink.Claim(staged.Outputs[i], staged.Epoch, run.Context);
            return (mine, run.Account.Prepare(mine));
        }
        catch
        {
            if (!File.Exists(run.Account.PreparedPath(staged.Epoch))) staged.Discard();
            throw;
        }
    }

    private async Task<GrainEvent> CommitAsync(ControlPlane.Datasets.Commit commit, CancellationToken cancellation)
    {
        var record = Account.ReadPrepared(commit.PreparedPath);
        var target = record.Targets.First(each => each.Path == commit.Target);
        var node = run.Definition.Sinks.First(each => each.Id == target.Sink);
        CrashPoint.Reached(CrashPoints.CommitBegin);
        if ((await node.Sink.ReadStateAsync(run.AppId, run.Context, cancellation)).Epoch < record.Epoch) run.Account.Require(record, QuarantineView.FolderOf(run));
        var version = await node.Sink.CommitAsync(target.ToCommit(record), run.Context, cancellation);
        CrashPoint.Reached(CrashPoints.CommitEnd);
        run.Outcome.Add(new TargetResult(
            node.Sink.TargetName, target.Path, version, target.Files.Sum(file => file.Rows), target.Files.Count, target.Files.Sum(file => file.Bytes), null));
        return new CommitDone(version);
    }

    private EpochCompleted CompleteEpoch(Complete complete)
    {
        var record = Account.ReadPrepared(complete.PreparedPath);
        var manifest = run.Account.ReadManifest(record.Manifest);
        run.Outcome.Add(manifest.Ledger, manifest.Reasons);
        run.Outcome.AddDrift(manifest.Drift.Count);
        CrashPoint.Reached(CrashPoints.CompleteBegin);
        run.Account.Forget(complete.Epoch);
        CrashPoint.Reached(CrashPoints.CompleteForgotten);
        run.Account.States.Clean(manifest.State, complete.Epoch);
        if (manifest.Index is { } index) run.Account.CleanIndices(index);
        CrashPoint.Reached(CrashPoints.CompleteEnd);
        run.Advance(record.Manifest, manifest);
        if (record.Replace) run.EndRebuild();
        return new EpochCompleted(complete.Epoch, [.. manifest.Finished.GroupBy(split => split.Source)
            .Select(done => new SplitsDone(PipelineMachine.SourceOf(run.Definition.Name, done.Key), done.Count()))], run.Options.RunId is null ? null : Totals());
    }

    /// <summary>What the run has committed, for those who watch it.</summary>
    public RunTotals Totals()
    {
        var soFar = run.Outcome.SoFar(run.Meter.BytesRead);
        return new RunTotals(soFar.BytesRead, run.RowsRead(soFar.Stages), run.RowsWritten(soFar.Stages), soFar.Stages.Sum(line => line.Quarantined), soFar.Epochs)
        {
            Stages = soFar.Stages.Count > Limits.StagesToldMax ? [] : [.. soFar.Stages.Select(line => new StageTotals(
                line.Id, line.Type, line.In, line.Created, line.Out, line.Filtered, line.Quarantined, line.Deduplicated, line.Absorbed))],
            BytesLeft = BytesLeft,
        };
    }

    private async Task<GrainEvent> PauseAsync(Pause pause, CancellationToken cancellation)
    {
        run.Outcome.Tell($"{pause.Because} Trying again{(pause.Time.TotalSeconds < 1 ? "" : $" in {pause.Time.TotalSeconds:0} s")}.");
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, run.StopAtBarrier);
        IsPausing = true;
        try
        {
            await System.Threading.Tasks.Task.Delay(pause.Time, run.Clock, either.Token);
            return new PauseEnded(IsStopped: false);
        }
        catch (OperationCanceledException) when (run.StopAtBarrier.IsCancellationRequested)
        {
            return new PauseEnded(IsStopped: true);
        }
        finally
        {
            IsPausing = false;
        }
    }

    private async Task<GrainEvent> AwaitTriggerAsync(CancellationToken cancellation)
    {
        IsWaiting = true;
        run.Meter.Settle();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, run.StopAtBarrier);
        try
        {
            await run.Trigger!.WaitAsync(either.Token);
            return new TriggerDue(IsStopped: false);
        }
        catch (OperationCanceledException) when (run.StopAtBarrier.IsCancellationRequested)
        {
            return new TriggerDue(IsStopped: true);
        }
        finally
        {
            IsWaiting = false;
        }
    }

    private GrainEvent? End(ReportEnd report)
    {
        run.End(report);
        return null;
    }
}
