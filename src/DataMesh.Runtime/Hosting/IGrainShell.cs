using DataMesh.ControlPlane.Grains;

namespace DataMesh.Runtime.Hosting;

/// <summary>What became of an event put into a mailbox.</summary>
public enum PostOutcome
{
    /// <summary>It waits for its turn.</summary>
    Accepted,
    /// <summary>The mailbox is full.</summary>
    Busy,
    /// <summary>The activation has ended or is ending: the grain is to be activated again.</summary>
    Closed,
}

/// <summary>An active grain, whatever its state.</summary>
public interface IGrainShell
{
    /// <summary>Puts an event into the mailbox.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="handled">Completed when the turn is persisted; fails with <see cref="GrainCallException"/> when it can not be.</param>
    /// <param name="bounded">Whether a full mailbox refuses it: what comes from outside can be told again, what grains of this process tell can not.</param>
    PostOutcome Post(GrainEvent happened, TaskCompletionSource? handled = null, bool bounded = false);

    /// <summary>Ends the activation when it has had nothing to do for a while, and keeps no work going; false when it goes on.</summary>
    bool TryRetire(TimeSpan idle);

    /// <summary>Ends the activation after the turn it is in; cancels and awaits its work.</summary>
    Task DeactivateAsync();
}
