using DataMesh.ControlPlane.Grains;

namespace DataMesh.Runtime.Hosting;

/// <summary>Grain state that outlives its activation.</summary>
public interface IGrainStateStore
{
    /// <summary>The state as JSON with its version, or null when there is none.</summary>
    ValueTask<StoredState?> ReadAsync(GrainId id, CancellationToken cancellation);

    /// <summary>
    /// Compare-and-set: writes when the stored version is still <paramref name="expected"/> (0: none stored) and no higher fencing token has been seen.
    /// Repeating a write that succeeded succeeds.
    /// </summary>
    /// <param name="id">The grain.</param>
    /// <param name="json">Its state.</param>
    /// <param name="expected">The version it was made from.</param>
    /// <param name="fence">The writer's fencing token.</param>
    /// <param name="keepsRunning">Whether the grain must be running somewhere from now on; kept with the state.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The new version, or null when another writer came first or a higher fencing token is known.</returns>
    ValueTask<long?> WriteAsync(GrainId id, string json, long expected, long fence, bool keepsRunning, CancellationToken cancellation);
}

/// <summary>A grain's stored state.</summary>
/// <param name="Json">The state.</param>
/// <param name="Version">Counts up with every write.</param>
/// <param name="Fence">Fencing token of its writer.</param>
/// <param name="KeepsRunning">Whether the grain must be running somewhere.</param>
public sealed record StoredState(string Json, long Version, long Fence = 0, bool KeepsRunning = false);
