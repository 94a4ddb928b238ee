using System.Collections.Concurrent;
using System.Diagnostics;
using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Tasks;
using DataMesh.DataPlane.Ledger;
using DataMesh.Runtime.Groups.Remote;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Silos;

/// <summary>A run, or a part of one, in this silo: its worker, and what it is doing now.</summary>
public sealed class SiloRun : IAsyncDisposable
{
    /// <summary>Traces of the work of runs: a span for every piece of work.</summary>
    public static ActivitySource Traces { get; } = new("DataMesh.Runs");

    /// <summary>Whose grains are here is used again within this time, however much there is to do.</summary>
    private static readonly TimeSpan BetweenTurns = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop;
    private readonly RunWorker _worker;
    private readonly ConcurrentDictionary<GrainId, string> _doing = new();
    private TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _users;
    private int _leaving;
    private long _retries;
    private bool _isClosed;
    private bool _wasCancelled;
    private volatile bool _hasBegun;
    private long _lastUse;
    private volatile bool _isInEpoch;
    private volatile bool _isCounting;
    private volatile int _epochsBefore;

    internal SiloRun(RunName name, PipelineRun run, CancellationTokenSource stop, TimeProvider clock, ISiloHost host)
    {
        (Name, Run, _stop, StartedAt, _lastUse) = (name, run, stop, clock.GetUtcNow(), clock.GetTimestamp());
        _worker = new RunWorker(run, host);
        Rates = new RunRates(this);
    }

    /// <summary>Its identity.</summary>
    public RunName Name { get; }

    /// <summary>The run.</summary>
    public PipelineRun Run { get; }

    /// <summary>When it began here.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>How fast it is.</summary>
    public RunRates Rates { get; }

    /// <summary>The epoch being read; -1 when none is.</summary>
    public long Epoch { get; private set; } = -1;

    /// <summary>Bytes of blocks and batches in flight.</summary>
    public long BytesInFlight => (_worker.Task?.BytesInFlight ?? 0) + _worker.Parts.BytesInFlight;

    /// <summary>Bytes of the splits that were listed and are not read yet; -1 when unknown.</summary>
    public long BacklogBytes => IsPart ? -1 : _worker.BytesLeft;

    /// <summary>How many tasks read side by side, here and in other silos; 0 while it is not known.</summary>
    public int Tasks => _worker.Task?.Tasks ?? 0;

    /// <summary>Whether only tasks of it are here, and their coordinator, which counts for all of them, lives in another silo.</summary>
    public bool IsPart => _worker.Parts.IsElsewhere;

    /// <summary>How often it waited to try again.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    /// <summary>The ledger's lines over all epochs of the run, with that of the epoch being read.</summary>
    public IReadOnlyList<StageCounts> Counts() => StageCounts.Sum([Run.Outcome.Before.Stages, Here()]);

    /// <summary>Source bytes read, over all epochs of the run.</summary>
    public long BytesRead => Run.Outcome.Before.BytesRead + Run.Meter.BytesRead;

    /// <summary>The ledger's lines of what was read in this silo.</summary>
    public IReadOnlyList<StageCounts> Here() => _isCounting && Run.Outcome.Epochs <= _epochsBefore ? StageCounts.Sum([Run.Outcome.Stages, Run.Meter.Lines()]) : Run.Outcome.Stages;

    /// <summary>What the run has committed.</summary>
    internal ControlPlane.Pipelines.RunTotals Totals() => _worker.Totals();

    /// <summary>What each grain of it is doing, in the field's words: <c>run_epoch</c>, <c>commit</c> …</summary>
    public IReadOnlyCollection<KeyValuePair<GrainId, string>> Doing => [.. _doing];

    /// <summary>Whether anything of it goes on.</summary>
    public bool IsUsed
    {
        get { lock (_lock) return _users > 0; }
    }

    /// <summary>
    /// Whether its grains have gone from here without ending it: to another silo, or with the lease; or only a late message was for it. A run whose grains are here is always doing something,
    /// but for the moment between two turns.
    /// </summary>
    internal bool IsLeftBehind(TimeSpan time)
    {
        lock (_lock) return _users == 0 && (_wasCancelled || !_hasBegun || IsEnded || Run.IsDraining || (IsPart && !_worker.Parts.HoldsRemote)) && Run.Clock.GetElapsedTime(_lastUse) >= time;
    }

    /// <summary>Whether its grains are here; another silo may have them, and tells of the run then.</summary>
    public bool IsHere
    {
        get { lock (_lock) return _users > _leaving || (_users == 0 && !_wasCancelled && !Run.IsDraining && Run.Clock.GetElapsedTime(_lastUse) < BetweenTurns); }
    }

    /// <summary>Whether it has ended. It stays for a moment, until its counts stand in the pipeline's state.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>It has ended.</summary>
    internal void End()
    {
        lock (_lock) (IsEnded, _lastUse) = (true, Run.Clock.GetTimestamp());
    }

    /// <summary>Asks it to end at its next barrier.</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>Keeps it from being disposed; false when it is already, or when its grains had gone to another silo and have come back: they begin anew.</summary>
    internal bool TryUse(Work work)
    {
        lock (_lock)
        {
            if (_isClosed || (_users == 0 && Run.IsDraining && (_wasCancelled || work is Recover))) return false;
            (_users, _wasCancelled) = (_users + 1, false);
            return true;
        }
    }

    /// <summary>An activation that uses it has ended, however long its work still takes to end.</summary>
    internal void BeginLeaving()
    {
        lock (_lock) _leaving++;
    }

    /// <summary>Gives it free.</summary>
    internal void EndUse(bool wasCancelled, bool wasLeaving)
    {
        lock (_lock)
        {
            if (wasLeaving) _leaving--;
            (_wasCancelled, _lastUse) = (wasCancelled, Run.Clock.GetTimestamp());
            if (--_users == 0 && _isClosed) _idle.TrySetResult();
        }
    }

    /// <summary>Answers a task of it in another silo.</summary>
    internal Task<GroupAnswer> AnswerAsync(GroupCall call, CancellationToken cancellation) => _worker.Parts.AnswerAsync(call, cancellation);

    /// <summary>Takes in what a task of it in another silo sent to one here.</summary>
    internal async Task<ExchangeAnswer> AcceptAsync(ExchangeCall call, CancellationToken cancellation) =>
        _worker.Parts.Exchanges is { } exchanges ? await exchanges.AcceptAsync(call, cancellation) : ExchangeAnswer.Elsewhere;

    /// <summary>Lets go of a task that is wanted no more.</summary>
    internal Task LeaveAsync(int instance) => _worker.Parts.LeaveAsync(instance);

    /// <summary>Carries out work.</summary>
    internal async Task<GrainEvent?> DoAsync(GrainId self, Work work, long fence, SemaphoreSlim epochs, CancellationToken cancellation)
    {
        _hasBegun |= work is Recover or ReadPart;
        if (work is Recover && Run.IsDraining) ComeBack();
        if (work is RunEpoch && Run.IsDraining) await StayDrainedAsync(cancellation);
        if (work is not (RunEpoch or ReadPart or Prepare or Complete or ControlPlane.Datasets.Commit)) _isInEpoch = false;
        if (work is ControlPlane.Pipelines.Pause) Interlocked.Increment(ref _retries);
        if (Run.IsDraining && !_isInEpoch) _drained.TrySetResult();
        var word = _doing[self] = WordOf(work);
        using var span = Traces.StartActivity(word)?.SetTag("datamesh.pipeline", Name.Pipeline).SetTag("datamesh.run", Run.RunId).SetTag("datamesh.grain", self.ToString());
        try
        {
            var happened = work is RunEpoch read ? await ReadAsync(self, read, fence, epochs, cancellation) : await _worker.DoAsync(self, work, fence, cancellation);
            if (happened is WorkFailed failed) span?.SetStatus(ActivityStatusCode.Error, failed.Message);
            return happened;
        }
        catch (Exception error)
        {
            span?.SetStatus(ActivityStatusCode.Error, error.Message);
            throw;
        }
        finally
        {
            if (work is Complete) _isCounting = false;
            _doing.TryRemove(self, out _);
        }
    }

    /// <summary>
    /// Lets the epoch that is being read end and be committed, and begins no other. Where an epoch can not end here, or nothing is read, there is nothing
    /// to wait for.
    /// </summary>
    internal async Task DrainAsync(CancellationToken cancellation)
    {
        Run.IsDraining = true;
        if (!_isInEpoch || !CanEndEpoch) return;
        try
        {
            await _drained.Task.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            GoOn();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_isClosed) return;
            _isClosed = true;
            _drained.TrySetResult();
            if (_users == 0) _idle.TrySetResult();
        }

        await _idle.Task;
        await _worker.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>The first epoch of a run that creates nothing it could go on from ends with its input.</summary>
    private bool CanEndEpoch => Run.IsCreating || Run.Recovered.Position is not null;

    private async Task<GrainEvent?> ReadAsync(GrainId self, RunEpoch read, long fence, SemaphoreSlim epochs, CancellationToken cancellation)
    {
        await epochs.WaitAsync(cancellation);
        try
        {
            (Epoch, _isInEpoch, _isCounting, _epochsBefore) = (read.Epoch, true, true, Run.Outcome.Epochs);
            var happened = await _worker.DoAsync(self, read, fence, cancellation);
            if (happened is not EpochStaged) _isInEpoch = _isCounting = false;
            return happened;
        }
        finally
        {
            Epoch = -1;
            epochs.Release();
        }
    }

    /// <summary>It took too long: the run stays where it is.</summary>
    private void GoOn()
    {
        Run.IsDraining = false;
        _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _goesOn, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    /// <summary>Its grains had left, or were about to, and begin anew here.</summary>
    private void ComeBack()
    {
        _drained.TrySetResult();
        GoOn();
    }

    private async Task StayDrainedAsync(CancellationToken cancellation)
    {
        var goesOn = _goesOn.Task;
        _isInEpoch = false;
        _drained.TrySetResult();
        await goesOn.WaitAsync(cancellation);
    }

    private static string WordOf(Work work) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(work.GetType().Name);
}
