using DataMesh.ControlPlane.Pipelines;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Exchanges;
using DataMesh.DataPlane.Flow;
using DataMesh.Runtime.Commit;
using DataMesh.Runtime.Groups.Remote;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Groups;

/// <summary>
/// The coordinator of a commit group in its process: plans, hands splits out to the instances, ends the epoch on all of them, and makes one staged epoch of
/// their parts. One instance alone runs right here; several are driven by their grains.
/// </summary>
public sealed class TaskGroup : ITaskGroup, IAsyncDisposable
{
    private readonly PipelineRun _run;
    private readonly int _tasks;
    private readonly SemaphoreSlim _handing = new(1);
    private readonly CancellationTokenSource _abort;
    private readonly TaskInstance[] _instances;
    private SplitPool _pool;
    private GroupPlan? _plan;
    private volatile EpochAttempt? _attempt;
    private readonly Pulse _changed = new();
    private IReadOnlyList<SourceSplit> _held = [];
    private FinishedSplit? _alone;
    private int _attempts;
    private readonly HeardMeters _heard;
    private HeldPlace?[] _holders;

    /// <summary>A group that is to read these splits.</summary>
    public TaskGroup(PipelineRun run, IReadOnlyList<PendingSplit> pending, int tasks, int cores, CancellationToken abort)
    {
        (_run, _tasks, _pool, _heard, _holders) = (run, tasks, new SplitPool(pending), new HeardMeters(run.Meter), new HeldPlace?[tasks]);
        _abort = CancellationTokenSource.CreateLinkedTokenSource(abort);
        Abandoned = _abort.Token;
        _instances = [.. Enumerable.Range(0, tasks).Select(i => new TaskInstance(i, run, this, _ => _plan!.Graph, tasks == 1 ? run.Meter : run.Meter.Part(), cores, _abort.Token) { Exchange = order => ExchangeOf(i, order) })];
    }

    /// <summary>The epoch that is staged and not yet prepared.</summary>
    public StagedEpoch? Staged { get; private set; }

    /// <summary>The pipeline's attempt that it belongs to.</summary>
    public long Attempt { get; init; }

    /// <summary>Where an instance gives rows to others in an attempt, when some of them may live in other silos; null when all live here.</summary>
    public Func<int, PartOrder, IExchange>? Exchanges { get; init; }

    /// <summary>Records that are set aside before they are decoded.</summary>
    internal IReadOnlyList<PoisonedRecord> Poisoned { get; init; } = [];

    /// <summary>Whether it reads a piece of the input only to see whether the process lives through it: a run does not start over for that.</summary>
    internal bool IsProbe { get; init; }

    /// <summary>How many task instances read.</summary>
    public int Tasks => _tasks;

    /// <summary>Bytes of blocks and batches in flight.</summary>
    public long BytesInFlight => _instances.Sum(instance => instance.BytesInFlight);

    /// <summary>Bytes of all splits that the run reads.</summary>
    public long TotalBytes => _pool.TotalBytes;

    /// <summary>Whether it was told to end: what its work still says means nothing.</summary>
    public bool IsAbandoned => _abort.IsCancellationRequested;

    /// <summary>Cancelled when it is.</summary>
    internal CancellationToken Abandoned { get; }

    /// <summary>
    /// Reads and stages an epoch; null when a stop was asked for that this pipeline can only follow by giving the epoch up.
    /// </summary>
    public async Task<StagedEpoch?> RunEpochAsync(long epoch)
    {
        Task? own = null;
        try
        {
            _plan ??= await GroupPlan.PrepareAsync(_run, _pool.Pending, _abort.Token);
            BeginEpoch();
            if (_tasks == 1) own = _instances[0].RunPartAsync(epoch);
            while (true)
            {
                var attempt = Open(epoch);
                await PartsAsync(attempt, own);
                if (await StartsAgainAsync(attempt.Parts))
                {
                    attempt.Decide(PartVerdict.Again);
                    continue;
                }

                Staged = await ConcludeAsync(attempt);
                attempt.Decide(Staged is null ? PartVerdict.GivenUp : PartVerdict.Kept);
                if (own is not null) await own;
                return Staged;
            }
        }
        catch
        {
            await AbandonAsync();
            if (own is not null) await own.ContinueWith(_ => { }, TaskScheduler.Default);
            throw;
        }
    }

    /// <summary>Runs one instance's part of an epoch in this process.</summary>
    public Task RunPartAsync(int instance, long epoch) => _instances[instance].RunPartAsync(epoch);

    /// <summary>Ends whatever the group is doing; nothing of the epoch stays.</summary>
    public async Task AbandonAsync()
    {
        await _abort.CancelAsync();
        _attempt?.Decide(PartVerdict.GivenUp);
    }

    /// <inheritdoc/>
    public async ValueTask<PartOrder> BeginAsync(PartBeginning beginning, CancellationToken cancellation)
    {
        while (true)
        {
            var changed = _changed.Next;
            if (_attempt is { } attempt && attempt.Order.Epoch == beginning.Epoch && attempt.Order.Attempt > beginning.After)
            {
                // What an instance drops itself when it begins with another plan is in nobody's hands already.
                if (_tasks > 1 && attempt.IsFirst && _holders[beginning.Instance] != beginning.Held) throw new PartLostException();
                return attempt.Order;
            }

            await changed.WaitAsync(cancellation);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<SplitGrant?> NextAsync(SplitRequest request, CancellationToken cancellation)
    {
        while (true)
        {
            var changed = _changed.Next;
            await _handing.WaitAsync(cancellation);
            try
            {
                if (_attempt is not { GivesUp: false } attempt || attempt.Order.Attempt != request.Attempt) return null;
                Finish(request.Finished);
                request = request with { Finished = null };
                if (_alone is null) return await HandOutAsync();
                if (attempt.Ends) return null;
            }
            finally
            {
                _handing.Release();
            }

            await changed.WaitAsync(cancellation);
        }
    }

    /// <inheritdoc/>
    public EpochWord Ask(int instance, int attempt, long bytes, bool wantsBarrier)
    {
        if (_attempt is not { GivesUp: false } now || now.Order.Attempt != attempt) return EpochWord.GiveUp;
        var read = now.Read(instance, bytes);
        if (now.Ends) return EpochWord.End;
        if (!IsDue(now, read, wantsBarrier)) return EpochWord.GoOn;
        now.End();
        _changed.Beat();
        return EpochWord.End;
    }

    /// <inheritdoc/>
    public ValueTask<Widening?> MeetAsync(Finding finding, CancellationToken cancellation) => _plan!.Gate.MeetAsync(finding);

    /// <inheritdoc/>
    public async ValueTask<PartVerdict> ReportAsync(PartReport report, Action discard, CancellationToken cancellation)
    {
        if (_attempt is not { } attempt || attempt.Order.Attempt != report.Attempt) return PartVerdict.GivenUp;
        attempt.Add(report, discard);
        if (attempt.GivesUp) _changed.Beat();
        try
        {
            return await attempt.Verdict.WaitAsync(cancellation);
        }
        catch (OperationCanceledException) when (attempt.Verdict.IsCompletedSuccessfully)
        {
            return await attempt.Verdict;
        }
    }

    /// <summary>Whether an attempt at an epoch is going on.</summary>
    internal bool IsIn(int attempt) => _attempt is { } now && now.Order.Attempt == attempt;

    /// <summary>Takes in what an instance in another silo has counted in an attempt.</summary>
    internal void Hear(int instance, int attempt, PartCounts counts)
    {
        if (_attempt is { Verdict.IsCompleted: false } now && now.Order.Attempt == attempt) _heard.Hear(instance, counts);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await AbandonAsync();
        foreach (var instance in _instances) await instance.DisposeAsync();
        _attempt?.Dispose();
        if (_attempt is { Verdict: { IsCompletedSuccessfully: true, Result: not PartVerdict.Kept } }) _heard.GoBack();
        if (_tasks > 1) _run.Meter.Close();
        _handing.Dispose();
        _abort.Dispose();
    }

    private void BeginEpoch()
    {
        _pool.BeginEpoch(_held);
        _plan!.BeginEpoch();
    }

    private EpochAttempt Open(long epoch)
    {
        var isFirst = _attempt?.Order.Epoch != epoch;
        if (isFirst) _heard.Keep();
        else _heard.GoBack();
        _attempt?.Dispose();
        var exchange = Exchanges is not null || ExchangePlan.Of(_plan!.Graph, _tasks) is null ? null : new LocalExchange(_tasks, IExchange.CreditOf(_tasks), _run.Options.Budget);
        var attempt = new EpochAttempt(_plan!.ToOrder(_attempts++, epoch, _tasks), _tasks, exchange)
        {
            IsFirst = isFirst,
            StartedAt = _run.Clock.GetUtcNow(),
            StartedStamp = _run.Clock.GetTimestamp(),
        };
        _attempt = attempt;
        _changed.Beat();
        return attempt;
    }

    /// <summary>Waits for all parts; an instance that runs right here may fail instead.</summary>
    private async Task PartsAsync(EpochAttempt attempt, Task? own)
    {
        var ended = attempt.Ended.WaitAsync(_abort.Token);
        if (own is not null && await Task.WhenAny(ended, own) == own) await own;
        await ended;
    }

    private IExchange? ExchangeOf(int instance, PartOrder order) => Exchanges is { } exchanges ? exchanges(instance, order) :
        _attempt is { } attempt && attempt.Order.Attempt == order.Attempt ? attempt.Exchange : throw new OperationCanceledException("The attempt is over.");

    private void Finish(FinishedSplit? finished)
    {
        if (finished is null) return;
        _pool.Finish(finished);
        if (_alone != finished) return;
        _alone = null;
        _changed.Beat();
    }

    /// <summary>
    /// Where the drift policy does not take every change, the split that sets the first shape is read before all others: what its rows show is no drift.
    /// </summary>
    private async ValueTask<SplitGrant?> HandOutAsync()
    {
        if (_pool.Take() is not var (pending, order)) return null;
        var pool = _pool;
        var judged = await _plan!.Gate.OpenAsync(pending, order, _tasks > 1 ? split => pool.IsHeld(pending.Source, split) : null);
        var isAwaited = _tasks > 1 && judged is { View.IsFirst: true } && !_run.Definition.Drift.TakesEverything;
        if (isAwaited) _alone = new FinishedSplit(pending.Source, pending.Split.Id);
        return new SplitGrant(pending.Source, pending.Split, pending.From, judged, isAwaited) { Resumption = pending.Resumption, Order = order, Before = pool.Before(order), Poisoned = PoisonedIn(pending) };
    }

    private IReadOnlyList<PoisonedRange> PoisonedIn(PendingSplit pending)
    {
        if (Poisoned.Count == 0) return [];
        var (id, source) = (_run.Definition.Sources[pending.Source].Id, _run.Definition.Sources[pending.Source].Source);
        return [.. Poisoned
            .Where(record => record.Source == id && record.Split == pending.Split.Id && (record.Identity == pending.Split.Identity || source.Continues(pending.Split, record.Identity, record.To, _run.Context)))
            .OrderBy(record => record.From).Select(record => new PoisonedRange(record.From, record.To, record.Deaths))];
    }

    private bool IsDue(EpochAttempt attempt, long bytes, bool wantsBarrier)
    {
        if (_run.StopAtBarrier.IsCancellationRequested) return true;
        return attempt.Order.EndsEarly && bytes > 0 && (bytes >= _run.EpochBytes || _run.IsDraining || wantsBarrier || _run.Clock.GetElapsedTime(attempt.StartedStamp) >= _run.EpochTime);
    }

    /// <summary>Whether the epoch begins again, because of what the instances met: puts everything back to where it began, with another plan.</summary>
    private async Task<bool> StartsAgainAsync(IReadOnlyList<PartReport> parts)
    {
        IReadOnlyList<Widening> widenings = [.. parts.SelectMany(part => part.Widenings)];
        var refused = parts.Select(part => part.Refused).FirstOrDefault(why => why is not null);
        if (widenings.Count == 0 && refused is null && !await _plan!.MissAsync(parts)) return false;
        (_alone, _held) = (null, []);
        if (refused is not null) _plan!.GiveUpRewrites(refused);
        if (widenings.Count == 0 || !await _plan!.WidenAsync(widenings) || IsProbe)
        {
            _pool.Rewind();
            return true;
        }

        _pool = new SplitPool(await StartingOver.ListAsync(_run, _abort.Token));
        _plan.StartOver();
        BeginEpoch();
        return true;
    }

    /// <summary>Makes one staged epoch of all parts; null when it counts for nothing.</summary>
    private async Task<StagedEpoch?> ConcludeAsync(EpochAttempt attempt)
    {
        var parts = attempt.Parts;
        if (_run.Options.DryRun) _run.Outcome.Add(attempt.Ledger(), attempt.Sum(part => part.Reasons));
        if (!parts.All(part => part.IsStaged)) return null;
        var ledger = attempt.Ledger();
        foreach (var (notice, count) in attempt.Sum(part => part.Notices)) _run.Outcome.Tell($"{count:N0} {notice}.");
        if (ledger.FirstOrDefault(line => !line.Closes) is { } broken)
            throw new DataMeshException($"The ledger of '{broken.Id}' does not close: {broken}.", detail: "Nothing was committed.", hint: "this is a bug in the stage; please report it with the pipeline file");
        IReadOnlyList<HeldSplit> held = [.. parts.Select(part => part.Open).OfType<HeldSplit>()];
        var ids = _run.Definition.Sources.Select(node => node.Id).ToList();
        _held = [.. held.Select(split => new SourceSplit(ids.IndexOf(split.Position.Source), split))];
        _holders = [.. parts.Select(part => part.Open is { Position: var at } ? new HeldPlace(ids.IndexOf(at.Source), at.Split, at.To) : null)];
        var (drift, shapes) = await _plan!.Gate.ConcludeAsync((source, split) => _held.Any(each => each.Source == source && each.Split.Position.Split == split));
        return new StagedEpoch(
            attempt.Order.Epoch, parts.All(part => part.IsDrained) && (_tasks == 1 || _pool.IsEmpty || parts.Any(part => part.HasSeenEnough)), ledger, Merge(parts), [.. parts.Select(part => part.Bad).OfType<QuarantinePart>()],
            attempt.Sum(part => part.Reasons), _plan.Schemas, attempt.StartedAt, _run.Clock.GetUtcNow())
        {
            Discard = attempt.Discard,
            Finished = [.. parts.SelectMany(part => part.Finished)],
            Held = held,
            State = [.. parts.SelectMany(part => part.State)],
            Drift = drift,
            Shapes = shapes,
        };
    }

    private static List<Core.Components.StagedOutput> Merge(IReadOnlyList<PartReport> parts) =>
        [.. parts[0].Outputs.Select((output, sink) => output with { Files = [.. parts.SelectMany(part => part.Outputs[sink].Files)] })];
}
