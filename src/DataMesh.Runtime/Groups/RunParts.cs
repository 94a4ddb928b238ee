using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Tasks;
using DataMesh.Runtime.Groups.Remote;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Groups;

/// <summary>
/// Where a run's task instances meet their coordinator: within this process, from here to the silo that it lives in, or from other silos to here.
/// </summary>
internal sealed class RunParts : IAsyncDisposable
{
    private readonly PipelineRun _run;
    private readonly ISiloHost? _host;
    private readonly GroupLink? _link;
    private readonly RemoteParts? _remote;
    private readonly ExchangeDesk? _exchanges;
    private readonly Lock _lock = new();
    private TaskCompletionSource<(TaskGroup Group, GroupDesk Desk)> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isElsewhere;

    public RunParts(PipelineRun run, ISiloHost? host, int cores)
    {
        (_run, _host) = (run, host);
        if (host?.Peers is not { } peers) return;
        _link = new GroupLink(peers, run.Definition.Name, run.Clock);
        _exchanges = new ExchangeDesk(run, peers);
        _remote = new RemoteParts(run, cores, host, _link, _exchanges);
    }

    /// <summary>Whether only instances are here, and their coordinator lives in another silo.</summary>
    public bool IsElsewhere => _isElsewhere;

    /// <summary>Whether instances are here whose coordinator is not.</summary>
    public bool HoldsRemote => _remote is { Any: true };

    /// <summary>Bytes in flight of such instances.</summary>
    public long BytesInFlight => _remote?.BytesInFlight ?? 0;

    /// <summary>Where instances here and in other silos give each other rows; null when there are no other silos.</summary>
    public ExchangeDesk? Exchanges => _exchanges;

    /// <summary>A commit group begins: instances may come.</summary>
    public void Open(TaskGroup group)
    {
        lock (_lock)
        {
            if (!_opened.Task.IsCompleted) _opened.SetResult((group, new GroupDesk(_run, group, _host?.SiloId ?? "")));
        }
    }

    /// <summary>The coordinator recovers here: the commit group before has ended, if there was one.</summary>
    public void BeHere()
    {
        lock (_lock)
        {
            _isElsewhere = false;
            if (!_opened.Task.IsCompleted) return;
            if (_opened.Task.IsCompletedSuccessfully) _opened.Task.Result.Desk.Dispose();
            _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Reads one instance's part of an epoch.</summary>
    public Task<GrainEvent?> ReadAsync(ReadPart part, CancellationToken cancellation) =>
        _run.Drains.ReadAsync(part.Instance, () => ReadUndrainedAsync(part, cancellation), cancellation);

    /// <summary>Answers an instance in another silo.</summary>
    public async Task<GroupAnswer> AnswerAsync(GroupCall call, CancellationToken cancellation)
    {
        try
        {
            var (group, desk) = await OpenedAsync(cancellation);
            // A group of an earlier recovery: the coordinator has gone on elsewhere.
            return group.Attempt < call.Generation ? new GroupAnswer(GroupOutcome.Elsewhere) : await desk.AnswerAsync(call, cancellation);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new GroupAnswer(GroupOutcome.Elsewhere);
        }
    }

    /// <summary>Lets go of an instance.</summary>
    public Task LeaveAsync(int instance) => _remote?.LeaveAsync(instance) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_opened.Task.IsCompletedSuccessfully) _opened.Task.Result.Desk.Dispose();
            _opened.TrySetCanceled();
        }

        if (_remote is not null) await _remote.DisposeAsync();
        _exchanges?.Dispose();
    }

    private async Task<GrainEvent?> ReadUndrainedAsync(ReadPart part, CancellationToken cancellation)
    {
        if (_link is not null && !await _link.IsHereAsync(cancellation))
        {
            BeElsewhere();
            return await _remote!.RunAsync(part, cancellation);
        }

        try
        {
            var (group, _) = await OpenedAsync(cancellation);
            return group.Attempt == part.Attempt ? await ReadHereAsync(group, part) : null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task<GrainEvent?> ReadHereAsync(TaskGroup group, ReadPart part)
    {
        try
        {
            await group.RunPartAsync(part.Instance, part.Epoch);
            return new PartEnded(part.Attempt, part.Epoch);
        }
        catch (PartLostException lost)
        {
            return new WorkFailed("task", lost.Message, MayPass: true) { IsLost = true };
        }
        catch (Exception) when (group.IsAbandoned)
        {
            return null;
        }
    }

    /// <summary>The coordinator has gone, and whoever waits for it here waits in vain.</summary>
    private void BeElsewhere()
    {
        lock (_lock)
        {
            if (_isElsewhere) return;
            (_isElsewhere, _run.IsDraining) = (true, false);
            if (_opened.Task.IsCompletedSuccessfully) _opened.Task.Result.Desk.Dispose();
            _opened.TrySetCanceled();
        }
    }

    private Task<(TaskGroup Group, GroupDesk Desk)> OpenedAsync(CancellationToken cancellation)
    {
        lock (_lock) return _opened.Task.WaitAsync(cancellation);
    }
}
