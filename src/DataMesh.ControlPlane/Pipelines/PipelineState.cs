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
}

/// <summary>Starts a run.</summary>
public sealed record StartPipeline(string RunId, string Version, IReadOnlyList<string> Sources) : GrainEvent;

/// <summary>The pause after a failure is over.</summary>
public sealed record PauseEnded : GrainEvent;

/// <summary>Waits before the next attempt; ends in <see cref="PauseEnded"/>.</summary>
public sealed record Pause(TimeSpan Time, string Because) : Work;

/// <summary>Tells whoever started the run how it ended.</summary>
public sealed record ReportEnd(string RunId, PipelinePhase Phase, string? Error) : Work;
