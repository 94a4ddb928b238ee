namespace DataMesh.ControlPlane.Grains;

/// <summary>Something a grain wants done after its state is persisted. Carrying it out twice must do no harm.</summary>
public abstract record Effect;

/// <summary>
/// Tells another grain something, at least once while the sender stays active. Replies are events too: no turn waits for another grain.
/// </summary>
public sealed record Send(GrainId To, GrainEvent Event) : Effect;

/// <summary>Work outside the grain (reading, writing, waiting). Its result comes back to the same grain as an event.</summary>
public abstract record Work : Effect;

/// <summary>
/// Ends all work of the grain that is going on: it is cancelled, its results never arrive, and work asked for after this begins only when it has ended.
/// </summary>
public sealed record CancelWork : Effect;

/// <summary>
/// A grain's behaviour: a pure function. Clock, storage, network and randomness stay outside, in the shell that carries the effects out,
/// so that the same machine runs in production and in a simulation.
/// </summary>
/// <typeparam name="TState">Immutable, serialisable, at most <see cref="Core.Limits.GrainStateBytesMax"/> as JSON.</typeparam>
public interface IGrainMachine<TState> where TState : notnull
{
    /// <summary>The state of a grain that was never active.</summary>
    TState Initial { get; }

    /// <summary>One turn: what the event does to the state, and what is to be done then. An event may come twice.</summary>
    Step<TState> On(GrainId self, TState state, GrainEvent happened);

    /// <summary>Whether a grain in this state must be running somewhere: the host keeps it alive. It has work going on, or somebody waits for it.</summary>
    bool KeepsRunning(TState state);

    /// <summary>
    /// The turn of <see cref="Activated"/>: its process went away with what it was doing, which is derived again from the state. Called for states that
    /// keep running only.
    /// </summary>
    /// <param name="self">The grain.</param>
    /// <param name="state">Its state, which may be older than what it did last: a store may lose its end.</param>
    /// <param name="fence">The activation's fencing token: greater than that of every activation before, whatever was lost.</param>
    Step<TState> Resume(GrainId self, TState state, long fence);
}

/// <summary>The outcome of a turn.</summary>
public readonly record struct Step<TState>(TState State, params Effect[] Effects);
