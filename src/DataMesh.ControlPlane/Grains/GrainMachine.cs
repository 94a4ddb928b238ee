namespace DataMesh.ControlPlane.Grains;

/// <summary>Something that happened, told to a grain. Immutable, and made of names and small facts only.</summary>
public abstract record GrainEvent;

/// <summary>Something a grain wants done after its state is persisted. Carrying it out twice must do no harm.</summary>
public abstract record Effect;

/// <summary>Tells another grain something. Replies are events too: no turn waits for another grain.</summary>
public sealed record Send(GrainId To, GrainEvent Event) : Effect;

/// <summary>Work outside the grain (reading, writing, waiting). Its result comes back to the same grain as an event.</summary>
public abstract record Work : Effect;

/// <summary>Work failed. Told to the grain that asked for it.</summary>
/// <param name="What">The work, for people.</param>
/// <param name="Message">What went wrong, rendered for people.</param>
/// <param name="MayPass">Whether trying again may help (a full disk, a lost connection), rather than a wrong pipeline or wrong data.</param>
public sealed record WorkFailed(string What, string Message, bool MayPass) : GrainEvent;

/// <summary>
/// A grain's behaviour: a pure function. Clock, storage, network and randomness stay outside, in the shell that carries the effects out,
/// so that the same machine runs in production and in a simulation.
/// </summary>
/// <typeparam name="TState">Immutable, serialisable, at most <see cref="Core.Limits.GrainStateBytesMax"/> as JSON.</typeparam>
public interface IGrainMachine<TState> where TState : notnull
{
    /// <summary>The state of a grain that was never active.</summary>
    TState Initial { get; }

    /// <summary>One turn: what the event does to the state, and what is to be done then.</summary>
    Step<TState> On(GrainId self, TState state, GrainEvent happened);
}

/// <summary>The outcome of a turn.</summary>
public readonly record struct Step<TState>(TState State, params Effect[] Effects);
