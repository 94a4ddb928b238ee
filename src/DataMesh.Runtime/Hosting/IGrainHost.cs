using DataMesh.ControlPlane.Grains;
using DataMesh.Runtime.Hosting.Peers;

namespace DataMesh.Runtime.Hosting;

/// <summary>The host port: what grains need of the host they live on. One activation per id, one turn at a time.</summary>
public interface IGrainHost
{
    /// <summary>
    /// Tells a grain something; it is activated if need be. Delivered at least once while the sender's activation lives; what one sender tells one
    /// grain arrives in order.
    /// </summary>
    void Tell(GrainId from, GrainId to, GrainEvent happened);

    /// <summary>
    /// Tells a grain something from outside and returns when the turn is persisted. Throws <see cref="GrainCallException"/> when it can not be known to be:
    /// the event may have been handled all the same, and may be told again.
    /// </summary>
    Task CallAsync(GrainId to, GrainEvent happened, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>Told when an activation can not go on: its state belongs to another one, or can not be kept. It takes no more events.</summary>
    void Fail(GrainId grain, string why);

    /// <summary>Grain state.</summary>
    IGrainStateStore States { get; }

    /// <summary>Event streams of grains, for people and monitors.</summary>
    IGrainStreams Streams { get; }

    /// <summary>The clock and the maker of timers.</summary>
    TimeProvider Clock { get; }
}

/// <summary>A host that pipelines are submitted to, alone or as a member of a cluster.</summary>
public interface ISiloHost : IGrainHost, IAsyncDisposable
{
    /// <summary>The pipelines' texts.</summary>
    IPipelineStore Pipelines { get; }

    /// <summary>How work here reaches work in other silos; null for a silo by itself.</summary>
    IPeerLink? Peers => null;

    /// <summary>Identity of this silo among the others.</summary>
    string SiloId { get; }

    /// <summary>Whether it may act: it is a member and has not left.</summary>
    bool IsMember { get; }

    /// <summary>Joins, and takes up the grains that must keep running and that nobody runs.</summary>
    Task StartAsync(CancellationToken cancellation);

    /// <summary>Leaves: pipelines come to a barrier and commit, then their leases are handed over. Cut short by <paramref name="cancellation"/>.</summary>
    Task LeaveAsync(CancellationToken cancellation);

    /// <summary>
    /// Forgets all that is kept of a pipeline's grains: state, event streams, leases. Its datasets' grains belong to the tables, and stay. False, and nothing is
    /// forgotten, while one of its grains must be running.
    /// </summary>
    Task<bool> ForgetAsync(string pipeline, CancellationToken cancellation);

    /// <summary>The silos as they are known now.</summary>
    ValueTask<IReadOnlyList<SiloView>> SilosAsync(CancellationToken cancellation);

    /// <summary>The leases as they are known now.</summary>
    ValueTask<IReadOnlyList<LeaseView>> LeasesAsync(CancellationToken cancellation);
}

/// <summary>A silo, for people.</summary>
/// <param name="Id">Its session.</param>
/// <param name="Address">Where it listens; null when it does not.</param>
/// <param name="Since">When it joined.</param>
/// <param name="Grains">Active grains.</param>
/// <param name="Running">Leases it holds on groups that must keep running: its load.</param>
/// <param name="IsLeaving">Whether it takes nothing new.</param>
public sealed record SiloView(string Id, string? Address, DateTimeOffset Since, int Grains, int Running, bool IsLeaving);

/// <summary>A lease on a group of grains, for people.</summary>
/// <param name="Group">The group, see <see cref="GrainGroup"/>.</param>
/// <param name="Silo">Who holds it; null for one that waits for adoption.</param>
/// <param name="Fence">Its fencing token.</param>
/// <param name="KeepsRunning">Whether some grain of the group must be running.</param>
public sealed record LeaseView(string Group, string? Silo, long Fence, bool KeepsRunning);
