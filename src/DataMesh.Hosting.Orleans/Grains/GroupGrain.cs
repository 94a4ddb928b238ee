using DataMesh.Hosting.Orleans.Placement;

namespace DataMesh.Hosting.Orleans.Grains;

/// <summary>
/// Where a group lives. Its activation takes a new fencing token and opens the holding that the group's grains are activated in; a reminder activates it
/// again while one of them must be running.
/// </summary>
[GroupLeaderPlacement, KeepAlive, GrainType(Type)]
public sealed class GroupGrain(OrleansHost host) : Grain, IGroupGrain, IRemindable
{
    internal const string Type = "datamesh.group";

    /// <summary>The type in Orleans.</summary>
    internal static readonly GrainType GroupType = GrainType.Create(Type);

    private Holding? _holding;

    private Holding Holding => _holding ?? throw new InvalidOperationException("The group is not active.");

    /// <summary>The group's id in Orleans.</summary>
    internal static OrleansId IdOf(string group) => OrleansId.Create(GroupType, group);

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // It was for this group; what the group's grains ask for from here on would have it too.
        RequestContext.Remove(GroupLeaderPlacement.TargetKey);
        _holding = await host.OpenAsync(this.GetPrimaryKeyString(), this, cancellationToken);
        this.RegisterGrainTimer(_ => Holding.WakeAllAsync(), new GrainTimerCreationOptions(TimeSpan.Zero, Timeout.InfiniteTimeSpan) { Interleave = true });
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_holding is { } holding) await host.CloseAsync(holding);
    }

    /// <inheritdoc/>
    public Task<SiloAddress> WhereAsync() => Task.FromResult(host.Silo);

    /// <inheritdoc/>
    public Task KeepAsync(string grain, bool keeps) => Holding.KeepAsync(grain, keeps, CancellationToken.None);

    /// <inheritdoc/>
    public Task<bool> ForgetAsync() => host.ForgetHereAsync(Holding);

    /// <summary>Being activated is all that a reminder is for.</summary>
    public Task ReceiveReminder(string reminderName, TickStatus status) => Holding.CheckReminderAsync();
}
