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

    /// <summary>Counts up with every recovery, over all runs.</summary>
    public int Attempt { get; init; }

    /// <summary>Keys of the sources that have answered.</summary>
    public IReadOnlyList<string> Answered { get; init; } = [];
}

/// <summary>Starts a run.</summary>
/// <param name="RunId">Identity of the run.</param>
/// <param name="Version">Hash of the pipeline file.</param>
/// <param name="Sources">Ids of the sources.</param>
/// <param name="Repeats">Whether it looks again for input at its trigger, until it is stopped.</param>
/// <param name="StartsAtTrigger">Whether it waits for its trigger before it looks for the first time.</param>
public sealed record StartPipeline(string RunId, string Version, IReadOnlyList<string> Sources, bool Repeats = false, bool StartsAtTrigger = false) : GrainEvent;

/// <summary>Waits for the trigger; ends in <see cref="TriggerDue"/>.</summary>
public sealed record AwaitTrigger(string RunId) : Work;

/// <summary>It is time to look for new input, or the wait was ended by a stop.</summary>
public sealed record TriggerDue(bool IsStopped) : GrainEvent;

/// <summary>The pause after a failure is over, or was ended by a stop.</summary>
public sealed record PauseEnded(bool IsStopped) : GrainEvent;

/// <summary>Waits before the next attempt; ends in <see cref="PauseEnded"/>.</summary>
public sealed record Pause(TimeSpan Time, string Because) : Work;

/// <summary>Tells whoever started the run how it ended.</summary>
public sealed record ReportEnd(string RunId, PipelinePhase Phase, string? Error) : Work;
