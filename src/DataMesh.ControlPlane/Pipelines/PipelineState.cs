using DataMesh.ControlPlane.Grains;

namespace DataMesh.ControlPlane.Pipelines;

/// <summary>Where a pipeline stands. The numbers are persisted: never change one.</summary>
public enum PipelinePhase
{
    /// <summary>Never started.</summary>
    Idle = 0,
    /// <summary>Settling what an earlier run prepared, and finding positions.</summary>
    Recovering = 1,
    /// <summary>Finding what is there to read.</summary>
    Listing = 2,
    /// <summary>Reading and committing.</summary>
    Running = 3,
    /// <summary>Waiting to try again after a failure.</summary>
    Pausing = 4,
    /// <summary>Everything that was there is committed.</summary>
    Done = 5,
    /// <summary>There was nothing new.</summary>
    NothingNew = 6,
    /// <summary>Stopped at a barrier on request.</summary>
    Stopped = 7,
    /// <summary>Gave up.</summary>
    Failed = 8,
    /// <summary>Everything that was there is committed; waits for its trigger to look again.</summary>
    Waiting = 9,
    /// <summary>Stands at a barrier until it is resumed.</summary>
    Paused = 10,
    /// <summary>Looks for the record that ends every process that reads it.</summary>
    Probing = 11,
}

/// <summary>What people want of a pipeline. The numbers are persisted: never change one.</summary>
public enum DesiredState
{
    /// <summary>To read what there is, and to go on as its trigger says.</summary>
    Running = 0,
    /// <summary>To stand at a barrier until it is resumed.</summary>
    Paused = 1,
    /// <summary>To stand at a barrier.</summary>
    Stopped = 2,
}

/// <summary>The state of a pipeline grain.</summary>
/// <param name="Phase">Where it stands.</param>
/// <param name="RunId">The run that it is in, or was in last.</param>
/// <param name="Version">Hash of the pipeline file that the run uses.</param>
/// <param name="Sources">Ids of its sources.</param>
/// <param name="Listed">How many sources have answered.</param>
/// <param name="Pending">Splits to read.</param>
/// <param name="Error">The last failure.</param>
public sealed record PipelineState(
    PipelinePhase Phase, string RunId, string Version, IReadOnlyList<string> Sources, int Listed, long Pending, string? Error)
{
    /// <summary>Failures since an epoch was last committed.</summary>
    public int Restarts { get; init; }

    /// <summary>Whether the pipeline looks again for input after it has read everything.</summary>
    public bool Repeats { get; init; }

    /// <summary>Greater with every recovery, over all runs; greater than the fencing token of the activation that took the run up again.</summary>
    public long Attempt { get; init; }

    /// <summary>What people want of it.</summary>
    public DesiredState Desired { get; init; }

    /// <summary>Whether its run has been told to end at the next barrier.</summary>
    public bool IsStopping { get; init; }

    /// <summary>What begins when the run has come to its barrier.</summary>
    public RunPlan? Next { get; init; }

    /// <summary>Number of the submitted version that the run uses; 0 for a pipeline that was not submitted.</summary>
    public long Spec { get; init; }

    /// <summary>Tasks that it may be divided into; 0 takes what the pipeline file says.</summary>
    public int Parallelism { get; init; }

    /// <summary>Whether it waits for its trigger before it looks for the first time.</summary>
    public bool StartsAtTrigger { get; init; }

    /// <summary>Bytes in the splits to read, when they were listed.</summary>
    public long PendingBytes { get; init; }

    /// <summary>Epochs committed since the targets exist.</summary>
    public long EpochsCommitted { get; init; }

    /// <summary>The last epoch of this run that is counted; -1 before its first.</summary>
    public long CountedEpoch { get; init; } = -1;

    /// <summary>What the run has committed so far, or had done at its end.</summary>
    public RunTotals? LastRun { get; init; }

    /// <summary>Whether a run is going on, or waits for something.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsActive => Phase is
        PipelinePhase.Recovering or PipelinePhase.Listing or PipelinePhase.Running or PipelinePhase.Pausing or PipelinePhase.Waiting or PipelinePhase.Probing;

    /// <summary>After so many processes that ended while they read, the record is looked for that ends them; 0 for never.</summary>
    public int PoisonedAfter { get; init; }

    /// <summary>What is held against the input; null while nothing is.</summary>
    public Suspicion? Suspicion { get; init; }

    /// <summary>Records that ended processes and are set aside; null when there are none.</summary>
    public IReadOnlyList<PoisonedRecord>? Poisoned { get; init; }

    /// <summary>The plan of the run.</summary>
    public RunPlan ToPlan() => new(RunId, Version, Spec, Sources, Repeats, StartsAtTrigger, Parallelism) { PoisonedAfter = PoisonedAfter };

    /// <summary>The state with another plan.</summary>
    public PipelineState With(RunPlan plan) => this with
    {
        RunId = plan.RunId,
        Version = plan.Version,
        Spec = plan.Spec,
        Sources = plan.Sources,
        Repeats = plan.Repeats,
        StartsAtTrigger = plan.StartsAtTrigger,
        Parallelism = plan.Parallelism,
        PoisonedAfter = plan.PoisonedAfter,
        // Another pipeline file may be the mending of what ended the processes.
        Suspicion = plan.Version == Version ? Suspicion : null,
        Poisoned = plan.Version == Version ? Poisoned : null,
    };

    /// <summary>Keys of the sources that have answered.</summary>
    public IReadOnlyList<string> Answered { get; init; } = [];
}

/// <summary>What a run is begun with.</summary>
/// <param name="RunId">Identity of the run.</param>
/// <param name="Version">Hash of the pipeline file.</param>
/// <param name="Spec">Number of the submitted version; 0 for a pipeline that was not submitted.</param>
/// <param name="Sources">Ids of the sources.</param>
/// <param name="Repeats">Whether it looks again for input at its trigger, until it is stopped.</param>
/// <param name="StartsAtTrigger">Whether it waits for its trigger before it looks for the first time.</param>
/// <param name="Parallelism">Tasks that it may be divided into; 0 takes what the pipeline file says.</param>
public sealed record RunPlan(
    string RunId, string Version, long Spec, IReadOnlyList<string> Sources, bool Repeats = false, bool StartsAtTrigger = false, int Parallelism = 0)
{
    /// <summary>After so many processes that ended while they read, the record is looked for that ends them; 0 for never.</summary>
    public int PoisonedAfter { get; init; }
}

/// <summary>What a run has done, added up, in whatever silos it ran.</summary>
public sealed record RunTotals(long BytesRead, long RowsRead, long RowsWritten, long Quarantined, long Epochs)
{
    /// <summary>The ledger's lines; none where there are too many for a grain's state.</summary>
    public IReadOnlyList<StageTotals> Stages { get; init; } = [];

    /// <summary>Bytes of the splits that are not read yet; -1 when unknown.</summary>
    public long BytesLeft { get; init; } = -1;
}

/// <summary>The ledger's line of a source, stage or sink.</summary>
public sealed record StageTotals(string Id, string Type, long In, long Created, long Out, long Filtered, long Quarantined, long Deduplicated, long Absorbed);

/// <summary>Starts a run.</summary>
/// <param name="RunId">Identity of the run.</param>
/// <param name="Version">Hash of the pipeline file.</param>
/// <param name="Sources">Ids of the sources.</param>
/// <param name="Repeats">Whether it looks again for input at its trigger, until it is stopped.</param>
/// <param name="StartsAtTrigger">Whether it waits for its trigger before it looks for the first time.</param>
public sealed record StartPipeline(string RunId, string Version, IReadOnlyList<string> Sources, bool Repeats = false, bool StartsAtTrigger = false) : GrainEvent
{
    /// <summary>After so many processes that ended while they read, the record is looked for that ends them; 0 for never.</summary>
    public int PoisonedAfter { get; init; }
}

/// <summary>Waits for the trigger; ends in <see cref="TriggerDue"/>.</summary>
public sealed record AwaitTrigger(string RunId) : Work, IRunWork;

/// <summary>It is time to look for new input, or the wait was ended by a stop.</summary>
public sealed record TriggerDue(bool IsStopped) : GrainEvent;

/// <summary>The pause after a failure is over, or was ended by a stop.</summary>
public sealed record PauseEnded(bool IsStopped) : GrainEvent;

/// <summary>Waits before the next attempt; ends in <see cref="PauseEnded"/>.</summary>
public sealed record Pause(TimeSpan Time, string Because) : Work;

/// <summary>Tells whoever started the run how it ended.</summary>
public sealed record ReportEnd(string RunId, PipelinePhase Phase, string? Error) : Work, IRunWork;
