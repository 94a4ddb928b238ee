namespace DataMesh.ControlPlane.Grains;

/// <summary>Something that happened, told to a grain. Immutable, and made of names and small facts only.</summary>
public abstract record GrainEvent;

/// <summary>
/// Told by the host to a grain that must keep running, and that it activates because nobody else does: its process ended or lost its lease.
/// A grain activated by an ordinary event is not told.
/// </summary>
public sealed record Activated : GrainEvent;

/// <summary>Work failed. Told to the grain that asked for it.</summary>
/// <param name="What">The work, for people.</param>
/// <param name="Message">What went wrong, rendered for people.</param>
/// <param name="MayPass">Whether trying again may help (a full disk, a lost connection), rather than a wrong pipeline or wrong data.</param>
public sealed record WorkFailed(string What, string Message, bool MayPass) : GrainEvent
{
    /// <summary>Whether nothing went wrong but the process went away that did the work: it is begun anew at once, and does not count as a failure.</summary>
    public bool IsLost { get; init; }
}
