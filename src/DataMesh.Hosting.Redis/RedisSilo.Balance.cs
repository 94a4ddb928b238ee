using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Redis;

/// <content>Moving pipelines to silos that have less to do.</content>
public sealed partial class RedisSilo
{
    private const int MovesMax = 4;

    private string _settled = "";
    private long _settledSince;
    private long _swept;
    private Task _moving = Task.CompletedTask;

    /// <summary>
    /// Gives groups away when this silo runs at least two more than another, and the silos have been the same for a while. One silo at a time moves, so
    /// that nobody is given more than its share.
    /// </summary>
    private void Balance(Renewal renewal)
    {
        var silos = string.Join(',', renewal.Members.Where(member => !member.IsLeaving).Select(member => member.Id).Order(StringComparer.Ordinal));
        if (silos != _settled || renewal.Orphans > 0) (_settled, _settledSince) = (silos, Clock.GetTimestamp());
        if (!_moving.IsCompleted || Clock.GetElapsedTime(_settledSince) < _options.SettleTime) return;
        var others = renewal.Members.Where(member => member.Id != _membership.Id && !member.IsLeaving).ToList();
        if (others.Count == 0 || renewal.Running - others.Min(member => member.Running) < 2) return;
        _moving = MoveAsync(others, (int)renewal.Running);
        _background.Add(_moving);
    }

    private async Task MoveAsync(List<Member> others, int running)
    {
        await Task.Yield();
        if (RedisLink.Number(await _link.RunAsync(LeaseScripts.MayMove, _membership.Id, (long)_options.SettleTime.TotalMilliseconds)) == 0) return;
        var loads = others.ToDictionary(member => member.Id, member => member.Running);
        var kept = RedisLink.List(await _link.RunAsync(LeaseScripts.Running, _membership.Id)).Select(group => RedisLink.Text(group)!).ToHashSet();
        var movable = _directory.Holdings.Where(holding => kept.Contains(holding.Group) && GrainGroup.Moves(holding.Group) && Clock.GetElapsedTime(holding.Since) >= _options.SettleTime)
            .OrderBy(holding => GrainGroup.TaskOf(holding.Group) is null).ThenBy(holding => holding.Since).Take(MovesMax).ToList();
        foreach (var holding in movable)
        {
            var target = loads.MinBy(load => load.Value).Key;
            if (running - loads[target] < 2) return;
            using var late = new CancellationTokenSource(_options.DrainTime, Clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _left.Token);
            if (!await DrainAsync(holding, either.Token)) return;
            _log($"gives {holding.Group} to {target}, which has less to do");
            await HandOverAsync(holding, target);
            (running, loads[target]) = (running - 1, loads[target] + 1);
        }
    }

    /// <summary>Brings a group to a barrier; false when that took too long.</summary>
    private async Task<bool> DrainAsync(Holding holding, CancellationToken cancellation)
    {
        try
        {
            await _activator.Worker.DrainAsync(holding.Group, cancellation).WaitAsync(cancellation);
            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception error)
        {
            _log($"{holding.Group} came to no barrier: {error.Message}");
            return false;
        }
    }

    /// <summary>Ends a group's activations, then gives its lease away, after those of the datasets that nobody else here writes: they go where it goes.</summary>
    private async Task HandOverAsync(Holding holding, string target)
    {
        await holding.EndAsync();
        _activator.Worker.Left(holding.Group);
        var others = _directory.Holdings.Where(other => other != holding).ToList();
        var following = holding.Near.Keys.Where(group => !others.Exists(other => other.Near.ContainsKey(group))).Select(_directory.Find).OfType<Holding>().ToList();
        await Task.WhenAll(following.Select(dataset => HandOverAsync(dataset, target)));
        try
        {
            // A lease that can not be given away ends with the session.
            using var late = new CancellationTokenSource(_options.SessionTime, Clock);
            if (_membership.IsValid) await _link.PersistAsync(LeaseScripts.Release, late.Token, holding.Group, holding.Silo, holding.Fence, target);
        }
        catch (OperationCanceledException)
        {
            _log($"{holding.Group} could not be handed over: Redis does not answer.");
        }
        finally
        {
            await _directory.EndAsync(holding);
        }
    }

    /// <summary>Idle grains cost no memory: their activations end, and leases on groups without any are given back.</summary>
    private void RetireIdle()
    {
        if (Clock.GetElapsedTime(_swept) < _options.IdleTime / 4) return;
        _swept = Clock.GetTimestamp();
        _directory.ForgetRemote();
        foreach (var holding in _directory.Holdings.Where(holding => Clock.GetElapsedTime(holding.Since) >= _options.IdleTime && holding.Retire(_options.IdleTime)).ToList())
            _background.Add(HandOverAsync(holding, ""));
    }
}
