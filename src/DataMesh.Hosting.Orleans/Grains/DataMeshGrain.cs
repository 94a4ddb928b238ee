using DataMesh.ControlPlane.Grains;
using DataMesh.Hosting.Orleans.Placement;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Hosting.Peers;

namespace DataMesh.Hosting.Orleans.Grains;

/// <summary>
/// The Orleans side of a grain: it finds its group's holding on this silo and passes events on to the shell, which runs turns one at a time. Idle ones are
/// ended by the host, which knows of their work; Orleans does not.
/// </summary>
[GroupPlacement, KeepAlive]
public abstract class DataMeshGrain(OrleansHost host, GrainKind kind) : Grain, IDataMeshGrain
{
    private Member? _member;

    private GrainId Id => new(kind, this.GetPrimaryKeyString());

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (!host.Activator.Knows(Id)) return;
        _member = await host.Find(GrainGroup.Of(Id)).ActivateAsync(Id, this, cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_member is { } member) await member.Holding.EndAsync(member);
    }

    /// <inheritdoc/>
    public async Task<int> HearAsync(Envelope envelope)
    {
        if (_member is not { } member)
        {
            this.DeactivateOnIdle();
            return (int)Delivery.Unknown;
        }

        if (await Delivering.PostAsync(handled => member.Shell.Post(envelope.Message.Event, handled, bounded: true), CancellationToken.None) is { } delivery) return (int)delivery;
        this.DeactivateOnIdle();
        return (int)Delivery.Elsewhere;
    }

    /// <inheritdoc/>
    public Task WakeAsync()
    {
        _member?.Holding.Wake(_member);
        return Task.CompletedTask;
    }
}
