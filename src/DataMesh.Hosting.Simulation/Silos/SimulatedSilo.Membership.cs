using DataMesh.Hosting.Simulation.Agreement;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Simulation.Silos;

/// <content>Joining, staying, stopping in time, leaving.</content>
public sealed partial class SimulatedSilo
{
    private const int LookEvery = 8;
    private static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(2);

    private readonly SortedDictionary<string, CancellationTokenSource> _gone = new(StringComparer.Ordinal);
    private Task _stopped = Task.CompletedTask;
    private Task _loop = Task.CompletedTask;
    private ITimer? _watch;
    private int _renewals;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellation) => Process.RunAsync(async () =>
    {
        while (true)
        {
            try
            {
                await OnceAsync(isFirst: true);
                break;
            }
            catch (Exception error) when (ServerLink.IsTrouble(error))
            {
                await Task.Delay(_cluster.Times.RenewEvery, Clock, cancellation);
            }
        }

        _watch = Clock.CreateTimer(_ => StopIfLate(), null, _cluster.Times.RenewEvery / 4, _cluster.Times.RenewEvery / 4);
        _loop = LoopAsync();
    });

    /// <inheritdoc/>
    public Task LeaveAsync(CancellationToken cancellation) => Process.RunAsync(async () =>
    {
        _isLeaving = true;
        await Task.WhenAll(_directory.Holdings.Select(holding => HandOverAsync(holding, cancellation)));
        await EndAsync();
        try
        {
            if (_session.IsValid) await _link.AskAsync(server => Sessions.Leave(server, _session.Id), CancellationToken.None);
        }
        catch (Exception error) when (ServerLink.IsTrouble(error))
        {
        }

        _session.GiveUp();
    });

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SiloView>> SilosAsync(CancellationToken cancellation) => ValueTask.FromResult<IReadOnlyList<SiloView>>(
        [.. _session.Members.Select(member => new SiloView(member.Id, null, member.Session.Since, member.Session.Grains, member.Running, member.Session.IsLeaving))]);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<LeaseView>> LeasesAsync(CancellationToken cancellation) => await _link.PersistAsync<IReadOnlyList<LeaseView>>(
        server => [.. server.Now.Leases.Select(lease => new LeaseView(lease.Key, lease.Value.Silo is { Length: > 0 } silo ? silo : null, lease.Value.Fence, server.Now.Keeps(lease.Key)))],
        cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Process.IsDead) return;
        await Process.RunAsync(EndAsync);
    }

    private async Task EndAsync()
    {
        await _left.CancelAsync();
        _watch?.Dispose();
        await _loop;
        await _directory.EndAllAsync();
    }

    private async Task LoopAsync()
    {
        while (!_left.IsCancellationRequested)
        {
            try
            {
                await _stopped;
                if (await OnceAsync(isFirst: false)) continue;
            }
            catch (Exception error) when (ServerLink.IsTrouble(error) || _left.IsCancellationRequested)
            {
            }
            catch (Exception error)
            {
                _cluster.Log(this, $"unexpected: {error}");
            }

            await Task.Delay(_cluster.Times.RenewEvery, Clock, _left.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    /// <summary>Renews the session and does what follows from it; true when there is more to do at once.</summary>
    private async Task<bool> OnceAsync(bool isFirst)
    {
        var (id, wasValid) = (_session.Id, _session.IsValid);
        if (await _session.RenewAsync(_directory.Holdings.Sum(holding => holding.Grains), _isLeaving) is not { } seen)
        {
            _cluster.Log(this, $"the session {id} is over: goes on as {_session.Id}");
            await StopActing();
            return true;
        }

        if (!wasValid) _cluster.Log(this, $"joined as {id}");
        NoteGone();
        if (_session.IsRestarted) InBackground(() => _states.RepeatAsync(_left.Token));
        if (_isLeaving) return false;
        if (await _session.BuryAsync()) return true;
        if (seen.Orphans > 0) await HoldAsync(await _link.AskAsync(server => Leases.Adopt(server, _session.Id)), "took up");
        if (isFirst || !wasValid || _session.IsRestarted || _renewals++ % LookEvery == 0)
            await HoldAsync(await _link.AskAsync<IReadOnlyList<string>>(server => [.. server.Now.RunningOf(_session.Id)]), "was given");
        foreach (var holding in _directory.Holdings.Where(holding => holding.IsIdle(IdleTime))) InBackground(() => HandOverAsync(holding, _left.Token));
        return false;
    }

    private async Task HoldAsync(IReadOnlyList<string> groups, string how)
    {
        var missing = groups.Where(group => _directory.Find(group) is null).ToHashSet();
        _directory.ForgetRemote((group, _) => missing.Contains(group));
        await Task.WhenAll(missing.Select(async group =>
        {
            if ((await _directory.ResolveAsync(group, near: true)).Local is not null) _cluster.Log(this, $"{how} {group}");
        }));
    }

    private void StopIfLate()
    {
        if (!_session.IsValid && _directory.Holdings.Count > 0) _ = StopActing();
    }

    /// <summary>Ends all activations: their leases may be somebody else's by now.</summary>
    private Task StopActing()
    {
        if (!_stopped.IsCompleted) return _stopped;
        _session.GiveUp();
        _cluster.Log(this, "is no member for now: all grains stop");
        return _stopped = Process.RunAsync(_directory.EndAllAsync);
    }

    /// <summary>Whoever waits for an answer of a silo that is gone need not wait any longer.</summary>
    private void NoteGone()
    {
        foreach (var silo in _gone.Keys.Except(_session.Members.Select(member => member.Id)).ToList())
        {
            _directory.ForgetRemote((_, at) => at == silo);
            if (_gone.Remove(silo, out var gone)) gone.Cancel();
        }
    }

    /// <summary>Brings a group to a barrier, ends its activations, then gives its lease away.</summary>
    private async Task HandOverAsync(SiloHolding holding, CancellationToken cancellation)
    {
        try
        {
            await _activator.Worker.DrainAsync(holding.Group, cancellation).WaitAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }

        await holding.EndAsync();
        try
        {
            // A lease that can not be given away ends with the session.
            using var late = new CancellationTokenSource(_cluster.Times.SessionTime, Clock);
            if (_session.IsValid) await _link.PersistAsync(server => Leases.Release(server, holding.Group, holding.Silo, holding.Fence), late.Token);
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            await _directory.EndAsync(holding);
            _activator.Worker.Left(holding.Group);
        }
    }
}
