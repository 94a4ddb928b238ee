using System.Collections.Concurrent;
using DataMesh.ControlPlane.Grains;
using DataMesh.Hosting.Orleans.Grains;
using DataMesh.Hosting.Orleans.Storage;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Hosting.Peers;

namespace DataMesh.Hosting.Orleans;

/// <summary>An active grain.</summary>
/// <param name="Id">Which.</param>
/// <param name="Holding">Its group.</param>
/// <param name="Shell">Runs its turns.</param>
/// <param name="Grain">Its side in Orleans.</param>
internal sealed record Member(GrainId Id, Holding Holding, IGrainShell Shell, Grain Grain);

/// <summary>A group that lives on this silo, with its activations.</summary>
internal sealed class Holding
{
    private const string Reminder = "keep";
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    private readonly OrleansHost _host;
    private readonly Cell<GroupRecord> _cell;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly ConcurrentDictionary<GrainId, Member> _members = new();
    private readonly HashSet<string> _toWake;
    private volatile bool _isEnded;

    private Holding(OrleansHost host, string group, GroupGrain grain, Cell<GroupRecord> cell)
    {
        (_host, Group, Grain, _cell, _toWake) = (host, group, grain, cell, [.. cell.Value!.Kept]);
        (Fence, Since) = (cell.Value.Fence, host.Clock.GetTimestamp());
    }

    public string Group { get; }

    public GroupGrain Grain { get; }

    /// <summary>The fencing token that its grains act with.</summary>
    public long Fence { get; }

    /// <summary>Timestamp of the beginning.</summary>
    public long Since { get; }

    /// <summary>What its grains tell others.</summary>
    public Outbox Outbox { get; } = new();

    /// <summary>The groups that live near this one because its grains told them something: its datasets.</summary>
    public ConcurrentDictionary<string, bool> Near { get; } = new();

    public int Grains => _members.Count;

    public bool KeepsRunning => _cell.Value is { Kept.Count: > 0 };

    /// <summary>Takes a new fencing token: who acted for the group before is refused from then on.</summary>
    public static async Task<Holding> OpenAsync(OrleansHost host, string group, GroupGrain grain, CancellationToken cancellation)
    {
        var cell = host.CellOf<GroupRecord>("group", GroupGrain.IdOf(group));
        await cell.ReadAsync(cancellation);
        var now = (host.Clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        var before = cell.Value ?? new GroupRecord();
        var taken = new GroupRecord { Fence = Math.Max(before.Fence + 1, now), Grains = before.Grains, Kept = before.Kept };
        if (!await cell.WriteAsync(taken, cancellation)) throw new ElsewhereException($"{group} was activated elsewhere at the same time.");
        return new Holding(host, group, grain, cell);
    }

    /// <summary>Activates a grain of the group.</summary>
    public async Task<Member> ActivateAsync(GrainId id, Grain grain, CancellationToken cancellation)
    {
        if (!_cell.Value!.Grains.Contains(id.ToString())) await ChangeAsync(record => record.Grains = [.. record.Grains, id.ToString()], cancellation);
        await _host.StateStore.ClaimAsync(id, Fence, cancellation);
        if (_isEnded) throw new ElsewhereException($"{Group} is ending here.");
        var member = new Member(id, this, _host.Activator.Activate(new GrainActivation(id, _host, Fence, TaskScheduler.Default)), grain);
        _members[id] = member;
        Wake(member);
        return member;
    }

    /// <summary>Tells a grain that must be running, once, that its last activation went away.</summary>
    public void Wake(Member member)
    {
        lock (_toWake)
            if (_toWake.Remove(member.Id.ToString())) member.Shell.Post(new Activated());
    }

    /// <summary>Wakes all grains that must be running and have not been activated yet.</summary>
    public Task WakeAllAsync()
    {
        lock (_toWake)
            return Task.WhenAll(_toWake.ToList().Select(name => GrainId.TryParse(name, out var id) && _host.Activator.Knows(id) ? WakeAsync(id) : Task.CompletedTask));
    }

    /// <summary>Wakes a grain again whose activation failed.</summary>
    public Task WakeAgainAsync(GrainId id)
    {
        lock (_toWake) _toWake.Add(id.ToString());
        return WakeAsync(id);
    }

    /// <summary>Notes whether a grain must be running, before its state says that it must, and after it says no more that it must.</summary>
    public async Task KeepAsync(string grain, bool keeps, CancellationToken cancellation)
    {
        if (keeps) await _host.Reminders.UpsertRow(NewReminder()).WaitAsync(cancellation);
        await ChangeAsync(record => record.Kept = keeps ? [.. record.Kept.Where(kept => kept != grain), grain] : [.. record.Kept.Where(kept => kept != grain)], cancellation);
        if (!KeepsRunning) await ForgetReminderAsync();
    }

    /// <summary>A reminder that nothing is kept for goes.</summary>
    public Task CheckReminderAsync() => KeepsRunning ? Task.CompletedTask : ForgetReminderAsync();

    /// <summary>Whether its fencing token is still the last one taken.</summary>
    public async Task<bool> IsCurrentAsync(CancellationToken cancellation)
    {
        var fresh = _host.CellOf<GroupRecord>("group", GroupGrain.IdOf(Group));
        await fresh.ReadAsync(cancellation);
        return fresh.Value?.Fence == Fence;
    }

    /// <summary>The activation of a grain.</summary>
    public Member? Find(GrainId id) => _members.GetValueOrDefault(id);

    /// <summary>Ends one activation.</summary>
    public async Task EndAsync(Member member)
    {
        _members.TryRemove(KeyValuePair.Create(member.Id, member));
        await member.Shell.DeactivateAsync();
        _host.StateStore.Release(member.Id);
        member.Grain.DeactivateOnIdle();
    }

    /// <summary>Ends all activations: cancels their work and awaits it. Nothing is activated any more.</summary>
    public async Task EndAsync()
    {
        _isEnded = true;
        Outbox.End();
        while (!_members.IsEmpty) await Task.WhenAll(_members.Values.Select(EndAsync));
    }

    /// <summary>Ends activations that had nothing to do for a while; whether none is left, and nothing they told.</summary>
    public bool Retire(TimeSpan idle)
    {
        foreach (var member in _members.Values)
        {
            if (_cell.Value is { } record && record.Kept.Contains(member.Id.ToString()) || !member.Shell.TryRetire(idle)) continue;
            _members.TryRemove(KeyValuePair.Create(member.Id, member));
            _host.StateStore.Release(member.Id);
            member.Grain.DeactivateOnIdle();
        }

        return _members.IsEmpty && Outbox.IsEmpty && !KeepsRunning;
    }

    /// <summary>Removes everything that is kept of the group's grains; false when one of them must be running.</summary>
    public async Task<bool> ForgetAsync()
    {
        if (KeepsRunning) return false;
        var grains = _cell.Value?.Grains ?? [];
        await EndAsync();
        foreach (var name in grains)
        {
            if (!GrainId.TryParse(name, out var id)) continue;
            await _host.StateStore.ForgetAsync(id);
            await _host.Grains.GetGrain<IStreamGrain>(name).ForgetAsync();
        }

        await ForgetReminderAsync();
        await _cell.ClearAsync(CancellationToken.None);
        return true;
    }

    /// <summary>Until it was activated here: its activation elsewhere may be ending still.</summary>
    private async Task WakeAsync(GrainId id)
    {
        for (var pause = 20; !_isEnded; pause = Math.Min(500, pause * 2))
        {
            try
            {
                await Kinds.Get(_host.Grains, id).WakeAsync();
                lock (_toWake)
                    if (!_toWake.Contains(id.ToString())) return;
            }
            catch (Exception error) when (error is OrleansException or TimeoutException or ElsewhereException)
            {
            }

            await Task.Delay(TimeSpan.FromMilliseconds(pause), _host.Clock);
        }
    }

    private async Task ChangeAsync(Action<GroupRecord> change, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            var record = _cell.Value!;
            var changed = new GroupRecord { Fence = record.Fence, Grains = record.Grains, Kept = record.Kept };
            change(changed);
            if (await _cell.WriteAsync(changed, cancellation)) return;
        }
        finally
        {
            _writing.Release();
        }

        Grain.DeactivateOnIdle();
        throw new ElsewhereException($"{Group} was activated elsewhere.");
    }

    private ReminderEntry NewReminder() => new()
    {
        GrainId = GroupGrain.IdOf(Group),
        ReminderName = Reminder,
        StartAt = _host.Clock.GetUtcNow().UtcDateTime + ReminderPeriod,
        Period = ReminderPeriod,
    };

    private async Task ForgetReminderAsync()
    {
        if (await _host.Reminders.ReadRow(GroupGrain.IdOf(Group), Reminder) is { } row) await _host.Reminders.RemoveRow(row.GrainId, Reminder, row.ETag!);
    }
}

/// <summary>A grain was to be activated where its group does not live: nothing happened.</summary>
[GenerateSerializer]
public sealed class ElsewhereException(string message) : Exception(message);
