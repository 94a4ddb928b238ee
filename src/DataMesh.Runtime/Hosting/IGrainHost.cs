using DataMesh.ControlPlane.Grains;

namespace DataMesh.Runtime.Hosting;

/// <summary>The host port: what a grain's shell needs of the host it lives on. One activation per id, one turn at a time.</summary>
public interface IGrainHost
{
    /// <summary>Tells a grain something; it is activated if need be. Events of one sender to one grain arrive in order.</summary>
    void Tell(GrainId to, GrainEvent happened);

    /// <summary>Told when a grain can not go on at all: its state belongs to another activation, or can not be kept.</summary>
    void Fail(GrainId grain, string why);

    /// <summary>Grain state.</summary>
    IGrainStateStore States { get; }
}

/// <summary>Grain state that outlives its activation.</summary>
public interface IGrainStateStore
{
    /// <summary>The state as JSON with its version, or null when there is none.</summary>
    ValueTask<StoredState?> ReadAsync(GrainId id, CancellationToken cancellation);

    /// <summary>
    /// Compare-and-set: writes when the stored version is still <paramref name="expected"/> (0: none stored). Returns the new version, or null when another writer came first.
    /// </summary>
    ValueTask<long?> WriteAsync(GrainId id, string json, long expected, CancellationToken cancellation);
}

/// <summary>A grain's stored state.</summary>
/// <param name="Json">The state.</param>
/// <param name="Version">Counts up with every write.</param>
public sealed record StoredState(string Json, long Version);

/// <summary>Carries out the work that grains ask for, outside their turns.</summary>
public interface IGrainWorker
{
    /// <summary>Does the work and says what came of it. An exception becomes <see cref="WorkFailed"/>.</summary>
    Task<GrainEvent?> DoAsync(GrainId self, Work work, CancellationToken cancellation);
}
