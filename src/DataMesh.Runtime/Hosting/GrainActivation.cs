using DataMesh.ControlPlane.Grains;

namespace DataMesh.Runtime.Hosting;

/// <summary>What a host gives an activation.</summary>
/// <param name="Id">The grain.</param>
/// <param name="Host">The host.</param>
/// <param name="Fence">Fencing token of its lease; 0 on a host without leases, where it is counted up from the one in the stored state.</param>
/// <param name="Scheduler">Where turns run.</param>
public sealed record GrainActivation(GrainId Id, IGrainHost Host, long Fence, TaskScheduler Scheduler)
{
    /// <summary>Whether the host takes grains up again after its end: without it no state asks for that.</summary>
    public bool KeepsAlive { get; init; } = true;
}
