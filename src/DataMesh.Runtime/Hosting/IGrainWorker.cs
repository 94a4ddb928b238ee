using DataMesh.ControlPlane.Grains;

namespace DataMesh.Runtime.Hosting;

/// <summary>Carries out the work that grains ask for, outside their turns.</summary>
public interface IGrainWorker
{
    /// <summary>Does the work and says what came of it. An exception becomes <see cref="WorkFailed"/>.</summary>
    /// <param name="self">Who asks.</param>
    /// <param name="work">What for.</param>
    /// <param name="fence">The fencing token of the activation that asks.</param>
    /// <param name="cancellation">The activation ends, or the grain wants the work no more.</param>
    Task<GrainEvent?> DoAsync(GrainId self, Work work, long fence, CancellationToken cancellation);

    /// <summary>
    /// Brings a group of grains to a point where ending its activations loses nothing that was read: the running epoch ends at its next batch and is
    /// committed, another one is not begun. The host then deactivates the group, and it goes on elsewhere.
    /// </summary>
    Task DrainAsync(string group, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>The activations of a group that was brought to such a point have ended here: it goes on elsewhere, and may come back one day.</summary>
    void Left(string group)
    {
    }
}
