using DataMesh.DataPlane.Flow;

namespace DataMesh.Runtime.Groups;

/// <summary>
/// The coordinator of a commit group, as its task instances see it. Everything that crosses is a record that can be JSON (<see cref="GroupJson"/>), so that an
/// instance may live in another process (<see cref="Remote.RemoteTaskGroup"/>).
/// </summary>
public interface ITaskGroup
{
    /// <summary>Waits for the next attempt at an epoch and says how to read it.</summary>
    ValueTask<PartOrder> BeginAsync(PartBeginning beginning, CancellationToken cancellation);

    /// <summary>The next split for an instance; null when there is none for it in this attempt.</summary>
    ValueTask<SplitGrant?> NextAsync(SplitRequest request, CancellationToken cancellation);

    /// <summary>
    /// Says how far an instance has come in this attempt, and what it should do: asked after every block, so that the answer may be what was heard last.
    /// </summary>
    EpochWord Ask(int instance, int attempt, long bytes, bool wantsBarrier);

    /// <summary>Takes in what rows showed. Returns what the epoch has to start again with; throws when the drift policy stops the run.</summary>
    ValueTask<Widening?> MeetAsync(Finding finding, CancellationToken cancellation);

    /// <summary>Hands a part in and waits for the parts of all instances; says what becomes of it.</summary>
    /// <param name="report">The part.</param>
    /// <param name="discard">Deletes the part's files, if the epoch can not be prepared after all.</param>
    /// <param name="cancellation">Gives the part up.</param>
    ValueTask<PartVerdict> ReportAsync(PartReport report, Action discard, CancellationToken cancellation);
}

/// <summary>What an instance should do with the attempt that it is in.</summary>
public enum EpochWord
{
    /// <summary>Read on.</summary>
    GoOn,
    /// <summary>The epoch ends here: stage what was read.</summary>
    End,
    /// <summary>Nothing of this attempt will count: stage nothing, and hand in what is known.</summary>
    GiveUp,
}

/// <summary>What becomes of a part.</summary>
public enum PartVerdict
{
    /// <summary>It is part of the staged epoch.</summary>
    Kept,
    /// <summary>The epoch begins again; the part counts for nothing.</summary>
    Again,
    /// <summary>The epoch is over and counts for nothing.</summary>
    GivenUp,
}
