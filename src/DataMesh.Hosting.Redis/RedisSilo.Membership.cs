using System.Collections.Concurrent;
using DataMesh.Core.Errors;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Redis;

/// <content>Joining, staying, stopping in time, leaving.</content>
public sealed partial class RedisSilo
{
    /// <summary>Renewals from one full look at what this silo should be running to the next.</summary>
    private const int LookEvery = 8;

    private readonly ConcurrentDictionary<string, CancellationTokenSource> _gone = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Lock _stopping = new();
    private Task _stopped = Task.CompletedTask;
    private Task _loop = Task.CompletedTask;
    private ITimer? _watch;
    private int _renewals;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellation)
    {
        try
        {
            await RedisLink.RepeatAsync(() => _link.SubscribeAsync("wake", _ => Wake()), cancellation);
            await RedisLink.RepeatAsync(() => _link.SubscribeAsync("forgotten", LetGo), cancellation);
            await RedisLink.RepeatAsync(() => RenewAsync(), cancellation);
        }
        catch (Exception error) when (RedisLink.IsTrouble(error))
        {
            throw new DataMeshException($"Redis at {_options.Server} does not answer.", detail: error.Message, hint: "is it starting? try again", cause: error);
        }

        // What it takes up from here on it may lose again: that is no reason not to have joined.
        _log($"Joined as {_membership.Id}.");
        _watch = Clock.CreateTimer(_ => StopIfLate(), null, _options.RenewEvery / 4, _options.RenewEvery / 4);
        _loop = Task.Run(LoopAsync, CancellationToken.None);
    }

    /// <inheritdoc/>
    public async Task LeaveAsync(CancellationToken cancellation)
    {
        _isLeaving = true;
        Wake();
        // A dataset goes with the pipeline that writes it: whoever comes to a barrier has still to commit.
        await Task.WhenAll(_directory.Holdings.Where(holding => !GrainGroup.IsNear(holding.Group)).ToList().Select(async holding =>
        {
            await DrainAsync(holding, cancellation);
            await HandOverAsync(holding, "");
        }));
        await Task.WhenAll(_directory.Holdings.ToList().Select(holding => HandOverAsync(holding, "")));
        await _left.CancelAsync();
        await _loop;
        await _directory.EndAllAsync();
        try
        {
            if (_membership.IsValid) await _link.RunAsync(SessionScripts.Leave, _membership.Id);
        }
        catch (Exception error) when (RedisLink.IsTrouble(error))
        {
            _log($"left without telling Redis: {error.Message}");
        }

        _membership.GiveUp();
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SiloView>> SilosAsync(CancellationToken cancellation) => ValueTask.FromResult<IReadOnlyList<SiloView>>(
        [.. _membership.Members.OrderBy(member => member.Since).ThenBy(member => member.Id, StringComparer.Ordinal)
            .Select(member => new SiloView(member.Id, member.Address.ToString(), member.Since, member.Grains, member.Running, member.IsLeaving))]);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<LeaseView>> LeasesAsync(CancellationToken cancellation) =>
        [.. RedisLink.List(await _link.PersistAsync(LeaseScripts.List, cancellation, 10_000)).Chunk(4)
            .Select(part => new LeaseView(RedisLink.Text(part[0])!, RedisLink.Text(part[1]) is { Length: > 0 } silo ? silo : null, RedisLink.Number(part[2]), RedisLink.Text(part[3]) == "1"))
            .OrderBy(lease => lease.Group, StringComparer.Ordinal)];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _left.CancelAsync();
        if (_watch is not null) await _watch.DisposeAsync();
        await _loop;
        await _directory.EndAllAsync();
        await _background.EndAsync();
        _peers.Dispose();
        _link.Dispose();
        _wake.Dispose();
    }

    private async Task LoopAsync()
    {
        var wasWoken = true;
        while (!_left.IsCancellationRequested)
        {
            try
            {
                await Stopping();
                if (await OnceAsync(wasWoken)) continue;
            }
            catch (Exception error) when (RedisLink.IsTrouble(error))
            {
                if (IsMember) _log($"Redis did not answer: {error.Message}");
            }
            catch (Exception error)
            {
                _log($"unexpected: {error}");
            }

            try
            {
                wasWoken = await _wake.WaitAsync(_options.RenewEvery, _left.Token);
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    /// <summary>Renews the session and does what follows from it; true when there is more to do at once.</summary>
    private async Task<bool> OnceAsync(bool wasWoken)
    {
        var before = (_membership.Id, Joined: _membership.IsValid);
        if (await RenewAsync() is not { } renewal)
        {
            _log($"The session {before.Id} is over: others have taken its grains up. Going on as a new silo.");
            await StopActing();
            return true;
        }

        if (!before.Joined) _log($"Joined as {_membership.Id}.");
        NoteGone(renewal.Members);
        if (_isLeaving) return false;
        if (await _membership.BuryAsync()) return true;
        if (renewal.Orphans > 0) await HoldAsync(RedisLink.List(await _link.RunAsync(LeaseScripts.Adopt, _membership.Id)), "took up");
        if (!before.Joined || wasWoken || renewal.IsRestarted || _renewals++ % LookEvery == 0)
            await HoldAsync(RedisLink.List(await _link.RunAsync(LeaseScripts.Running, _membership.Id)), "was given");
        Balance(renewal);
        RetireIdle();
        return false;
    }

    private Task<Renewal?> RenewAsync() => _membership.RenewAsync(_directory.Holdings.Sum(holding => holding.Grains), _isLeaving, () =>
    {
        _log("Redis was restarted: telling it again what runs here.");
        return _states.RepeatAsync();
    });

    private async Task HoldAsync(StackExchange.Redis.RedisResult[] groups, string how)
    {
        var missing = groups.Select(group => RedisLink.Text(group)!).Where(group => _directory.Find(group) is null).ToList();
        foreach (var group in missing) _directory.Reconsider(group);
        await Task.WhenAll(missing.Select(async group =>
        {
            if ((await _directory.ResolveAsync(group, near: true)).Local is not null) _log($"{how} {group}");
        }));
    }

    private void StopIfLate()
    {
        if (!_membership.IsValid && _directory.Holdings.Any()) _ = StopActing();
    }

    /// <summary>Ends all activations: their leases may be somebody else's by now.</summary>
    private Task StopActing()
    {
        lock (_stopping)
        {
            if (!_stopped.IsCompleted) return _stopped;
            _membership.GiveUp();
            _log("Not a member for now: all grains stop.");
            return _stopped = Task.Run(_directory.EndAllAsync);
        }
    }

    private Task Stopping()
    {
        lock (_stopping) return _stopped;
    }

    /// <summary>Whoever waits for an answer of a silo that is gone need not wait any longer.</summary>
    private void NoteGone(IReadOnlyList<Member> members)
    {
        foreach (var silo in _gone.Keys.Except(members.Select(member => member.Id)))
        {
            _directory.ForgetRemote(silo);
            if (_gone.TryRemove(silo, out var gone)) gone.Cancel();
        }
    }

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (Exception error) when (error is SemaphoreFullException or ObjectDisposedException)
        {
        }
    }
}
