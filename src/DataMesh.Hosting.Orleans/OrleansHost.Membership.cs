using DataMesh.Hosting.Orleans.Grains;
using DataMesh.Hosting.Orleans.Membership;
using DataMesh.Hosting.Orleans.Placement;
using DataMesh.Hosting.Orleans.Storage;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Orleans;

/// <content>Opening and ending groups, leaving, and what people are told.</content>
public sealed partial class OrleansHost
{
    private static readonly TimeSpan HandOverTime = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellation) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task LeaveAsync(CancellationToken cancellation)
    {
        _isLeaving = true;
        // A dataset goes with the pipeline that writes it: whoever comes to a barrier has still to commit.
        await Task.WhenAll(_holdings.Values.Where(holding => !GrainGroup.IsNear(holding.Group)).ToList().Select(async holding =>
        {
            await DrainAsync(holding, cancellation);
            await HandOverAsync(holding, null);
        }));
        await Task.WhenAll(_holdings.Values.ToList().Select(holding => HandOverAsync(holding, null)));
        await _left.CancelAsync();
        await KeepAlive.EndAsync();
    }

    /// <inheritdoc/>
    public async Task<bool> ForgetAsync(string pipeline, CancellationToken cancellation)
    {
        var groups = await Task.WhenAll(GrainGroup.AllOf(pipeline).Select(group => RecordOf(group, cancellation)));
        if (groups.Any(group => group.Record is { Kept.Count: > 0 })) return false;
        foreach (var (group, _) in groups.Where(group => group.Record is not null))
            if (!await PersistAsync(() => Grains.GetGrain<IGroupGrain>(group).ForgetAsync(), cancellation)) return false;
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SiloView>> SilosAsync(CancellationToken cancellation) =>
        [.. (await Loads.AskAsync().WaitAsync(cancellation)).OrderBy(silo => silo.Value.Since).ThenBy(silo => silo.Key.ToParsableString(), StringComparer.Ordinal)
            .Select(silo => new SiloView(silo.Key.ToParsableString(), silo.Value.Address, silo.Value.Since, silo.Value.Grains, silo.Value.Running, silo.Value.IsLeaving))];

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<LeaseView>> LeasesAsync(CancellationToken cancellation)
    {
        var held = await Task.WhenAll(ActiveSilos.Select(silo => GroupsAsync(silo, cancellation)));
        var leases = held.SelectMany(silo => silo.Groups.Select(group => new LeaseView(group.Group, silo.Silo.ToParsableString(), group.Fence, group.KeepsRunning)))
            .GroupBy(lease => lease.Group).ToDictionary(group => group.Key, group => group.MaxBy(lease => lease.Fence)!);
        // Whatever the reminders are kept in, it may be away for a moment.
        var rows = await PersistAsync(() => Reminders.ReadRows(0, 0), cancellation, _ => true);
        foreach (var row in rows.Reminders.Where(row => row.GrainId.Type == GroupGrain.GroupType))
            leases.TryAdd(row.GrainId.Key.ToString()!, new LeaseView(row.GrainId.Key.ToString()!, null, 0, true));
        return [.. leases.Values.OrderBy(lease => lease.Group, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _left.CancelAsync();
        await KeepAlive.EndAsync();
        await Task.WhenAll(_holdings.Values.Select(holding => holding.EndAsync()));
        await _background.EndAsync();
        if (_peers.IsValueCreated) _peers.Value.Dispose();
    }

    internal SiloFacts Describe(string[] groups)
    {
        var running = _holdings.Values.Where(holding => holding.KeepsRunning).Select(holding => holding.Group).ToHashSet();
        return new SiloFacts(Options.Address?.ToString(), _since, _holdings.Values.Sum(holding => holding.Grains), running.Count, _isLeaving)
        {
            Counted = [.. groups.Where(running.Contains)],
            Idle = [.. groups.Where(group => !running.Contains(group) && _holdings.ContainsKey(group))],
        };
    }

    internal GroupFacts[] DescribeGroups() => [.. _holdings.Values.Select(holding => new GroupFacts(holding.Group, holding.Fence, holding.KeepsRunning))];

    internal string[] TasksOf(string pipeline) => [.. _holdings.Keys.Where(group => GrainGroup.TaskOf(group)?.Pipeline == pipeline)];

    internal async Task<Holding> OpenAsync(string group, GroupGrain grain, CancellationToken cancellation)
    {
        if (_isLeaving || _left.IsCancellationRequested) throw new ElsewhereException($"{Silo} takes nothing new.");
        var holding = await Holding.OpenAsync(this, group, grain, cancellation);
        _holdings[group] = holding;
        if (holding.KeepsRunning) Log($"took up {group}");
        return holding;
    }

    internal async Task CloseAsync(Holding holding)
    {
        await holding.EndAsync();
        _holdings.TryRemove(KeyValuePair.Create(holding.Group, holding));
    }

    internal async Task<bool> ForgetHereAsync(Holding holding)
    {
        if (!await holding.ForgetAsync()) return false;
        _holdings.TryRemove(KeyValuePair.Create(holding.Group, holding));
        holding.Grain.DeactivateOnIdle();
        return true;
    }

    /// <summary>Idle grains cost no memory: their activations end.</summary>
    internal void RetireIdle()
    {
        foreach (var holding in _holdings.Values)
            if (Clock.GetElapsedTime(holding.Since) >= Options.IdleTime && holding.Retire(Options.IdleTime)) holding.Grain.DeactivateOnIdle();
    }

    private async Task<(string Group, GroupRecord? Record)> RecordOf(string group, CancellationToken cancellation)
    {
        var cell = CellOf<GroupRecord>("group", GroupGrain.IdOf(group));
        await cell.ReadAsync(cancellation);
        return (group, cell.Value);
    }

    private async Task<(SiloAddress Silo, GroupFacts[] Groups)> GroupsAsync(SiloAddress silo, CancellationToken cancellation)
    {
        if (silo.Equals(Silo)) return (silo, DescribeGroups());
        try
        {
            return (silo, await Services.At(silo).GroupsAsync().WaitAsync(TimeSpan.FromSeconds(1), Clock, cancellation));
        }
        catch (Exception error) when (error is OrleansException or TimeoutException)
        {
            return (silo, []);
        }
    }

    /// <summary>The pipelines and tasks that run here and have for a while; tasks before whole pipelines.</summary>
    internal IEnumerable<Holding> Movable => _holdings.Values
        .Where(holding => holding.KeepsRunning && GrainGroup.Moves(holding.Group) && Clock.GetElapsedTime(holding.Since) >= Options.SettleTime)
        .OrderBy(holding => GrainGroup.TaskOf(holding.Group) is null).ThenBy(holding => holding.Since);

    /// <summary>Brings a group to a barrier; false when that took too long.</summary>
    internal async Task<bool> DrainAsync(Holding holding, CancellationToken cancellation)
    {
        try
        {
            await Activator.Worker.DrainAsync(holding.Group, cancellation).WaitAsync(cancellation);
            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
        catch (Exception error)
        {
            Log($"{holding.Group} came to no barrier: {error.Message}");
        }

        return false;
    }

    /// <summary>Ends a group here with the datasets that nobody else here writes, and has it activated on a silo, or wherever it may go on.</summary>
    internal async Task HandOverAsync(Holding holding, SiloAddress? target)
    {
        var context = holding.Grain.GrainContext;
        await holding.EndAsync();
        Activator.Worker.Left(holding.Group);
        var others = _holdings.Values.Where(other => other != holding).ToList();
        var following = holding.Near.Keys.Where(group => !others.Exists(other => other.Near.ContainsKey(group))).Select(TryFind).OfType<Holding>().ToList();
        await Task.WhenAll(following.Select(dataset => HandOverAsync(dataset, target)));
        await CloseAsync(holding);
        holding.Grain.DeactivateOnIdle();
        try
        {
            await context.Deactivated.WaitAsync(HandOverTime, Clock);
            if (target is not null) RequestContext.Set(GroupLeaderPlacement.TargetKey, target);
            if (holding.KeepsRunning && ActiveSilos.Count > 1) await Grains.GetGrain<IGroupGrain>(holding.Group).WhereAsync().WaitAsync(HandOverTime, Clock);
        }
        catch (Exception error) when (error is OrleansException or TimeoutException or ElsewhereException)
        {
            Log($"{holding.Group} is taken up by others later: {error.Message}");
        }
    }
}
