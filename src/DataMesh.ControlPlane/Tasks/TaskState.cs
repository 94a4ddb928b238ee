using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Pipelines;

namespace DataMesh.ControlPlane.Tasks;

/// <summary>Where a task stands in the commit protocol. The numbers are persisted: never change one.</summary>
public enum TaskPhase
{
    /// <summary>Never used.</summary>
    Idle = 0,
    /// <summary>Reading the targets, settling prepared epochs.</summary>
    Recovering = 1,
    /// <summary>Knows its epoch and positions.</summary>
    Ready = 2,
    /// <summary>Reading and staging an epoch.</summary>
    Reading = 3,
    /// <summary>The epoch is staged; its prepared record is being written.</summary>
    Staged = 4,
    /// <summary>The prepared record exists; targets commit.</summary>
    Committing = 5,
    /// <summary>All targets have committed.</summary>
    Completing = 6,
    /// <summary>Nothing more to do in this run.</summary>
    Ended = 7,
    /// <summary>Failed; waits to be recovered.</summary>
    Failed = 8,
}

/// <summary>The state of a task's grain.</summary>
/// <param name="Phase">Where it stands.</param>
/// <param name="RunId">The run it works for.</param>
/// <param name="Pipeline">Who supervises it.</param>
/// <param name="Epoch">The epoch being read, or next to be read.</param>
/// <param name="Uncommitted">Targets of the prepared epoch that have not committed yet.</param>
/// <param name="Prepared">The prepared record being committed.</param>
/// <param name="IsDrained">Whether the staged epoch reached the end of the input.</param>
/// <param name="IsStopping">Whether a stop was asked for.</param>
public sealed record TaskState(
    TaskPhase Phase, string RunId, GrainId? Pipeline, long Epoch, IReadOnlyList<string> Uncommitted, PreparedFacts? Prepared,
    bool IsDrained, bool IsStopping)
{
    /// <summary>Whether the epoch being committed was found prepared, left by an earlier run.</summary>
    public bool IsRecovering { get; init; }

    /// <summary>The pipeline's attempt that it works for.</summary>
    public long Attempt { get; init; }

    /// <summary>How many task instances read side by side; 0 and 1 mean that the coordinator reads itself.</summary>
    public int Tasks { get; init; }

    /// <summary>Whether they all live where their coordinator does.</summary>
    public bool IsTogether { get; init; }

    /// <summary>Records that ended processes and are set aside; null when there are none.</summary>
    public IReadOnlyList<PoisonedRecord>? Poisoned { get; init; }
}

/// <summary>What grains need to know of a prepared record.</summary>
/// <param name="Epoch">Its epoch.</param>
/// <param name="PreparedId">Its identity.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Targets">Paths of the targets to commit.</param>
public sealed record PreparedFacts(long Epoch, string PreparedId, string Path, IReadOnlyList<string> Targets);

/// <summary>How many splits of a source an epoch finished.</summary>
public sealed record SplitsDone(GrainId Source, long Count);

/// <summary>Starts a task anew from what the tables say.</summary>
public sealed record RecoverTask(string RunId, GrainId Pipeline, long Attempt = 0) : GrainEvent;

/// <summary>The task knows where it stands.</summary>
public sealed record TaskRecovered(GrainId Task, long NextEpoch, long Attempt = 0) : GrainEvent;

/// <summary>Begins reading.</summary>
public sealed record RunTask(string RunId, long Attempt = 0) : GrainEvent
{
    /// <summary>Records that ended processes and are to be set aside; null when there are none.</summary>
    public IReadOnlyList<PoisonedRecord>? Poisoned { get; init; }
}

/// <summary>An epoch stands in every target.</summary>
/// <param name="Task">The task.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="SplitsDone">Splits that it finished.</param>
/// <param name="RunId">The run that it belongs to.</param>
/// <param name="Totals">What the run has committed with it.</param>
public sealed record EpochCommitted(GrainId Task, long Epoch, long SplitsDone = 0, string RunId = "", RunTotals? Totals = null) : GrainEvent;

/// <summary>The task has read everything, or was stopped at a barrier.</summary>
public sealed record TaskEnded(GrainId Task, bool Stopped, long Attempt = 0) : GrainEvent;

/// <summary>The task failed.</summary>
public sealed record TaskFailed(GrainId Task, WorkFailed Failure, long Attempt = 0) : GrainEvent;

/// <summary>Reads every target's state; ends in <see cref="PreparedFound"/> or <see cref="PositionsFound"/>.</summary>
public sealed record Recover(string RunId) : Work, IRunWork;

/// <summary>A prepared record has a target that did not commit it.</summary>
public sealed record PreparedFound(long Epoch, PreparedFacts Prepared) : GrainEvent;

/// <summary>All targets agree; this epoch is next.</summary>
/// <param name="NextEpoch">The epoch.</param>
/// <param name="Tasks">How many task instances are to read it side by side.</param>
public sealed record PositionsFound(long NextEpoch, int Tasks = 1) : GrainEvent
{
    /// <summary>Whether they have to live where their coordinator does; otherwise each lives where there is room.</summary>
    public bool IsTogether { get; init; }
}

/// <summary>Reads and stages an epoch; ends in <see cref="EpochStaged"/>.</summary>
public sealed record RunEpoch(string RunId, long Epoch, long Attempt = 0) : Work, IRunWork
{
    /// <summary>Records that ended processes and are to be set aside; null when there are none.</summary>
    public IReadOnlyList<PoisonedRecord>? Poisoned { get; init; }
}

/// <summary>All files of an epoch are written and durable.</summary>
public sealed record EpochStaged(long Epoch, bool IsDrained, bool IsStopping) : GrainEvent;

/// <summary>A stop was asked for in an epoch that can only be committed whole: nothing of it stays.</summary>
public sealed record EpochGivenUp(long Epoch) : GrainEvent;

/// <summary>Writes the prepared record of the staged epoch; ends in <see cref="EpochPrepared"/>.</summary>
public sealed record Prepare(string RunId, long Epoch) : Work, IRunWork;

/// <summary>The prepared record exists.</summary>
public sealed record EpochPrepared(long Epoch, PreparedFacts Prepared) : GrainEvent;

/// <summary>Tidies up after a committed epoch; ends in <see cref="EpochCompleted"/>.</summary>
public sealed record Complete(string RunId, long Epoch, string PreparedPath) : Work, IRunWork;

/// <summary>The epoch is over.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="SplitsDone">Splits that it finished, by source.</param>
/// <param name="Totals">What the run has committed with it; null where nobody watches.</param>
public sealed record EpochCompleted(long Epoch, IReadOnlyList<SplitsDone> SplitsDone, RunTotals? Totals = null) : GrainEvent;
