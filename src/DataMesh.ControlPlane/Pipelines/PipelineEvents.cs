using DataMesh.ControlPlane.Grains;

namespace DataMesh.ControlPlane.Pipelines;

/// <summary>What people ask of a pipeline.</summary>
public abstract record PipelineWish : GrainEvent;

/// <summary>Brings a pipeline, or a new version of it; a running one changes at its next barrier.</summary>
/// <param name="Plan">The run to begin.</param>
/// <param name="Paused">Whether it stays paused until it is resumed.</param>
public sealed record SubmitPipeline(RunPlan Plan, bool Paused) : PipelineWish;

/// <summary>Brings a pipeline to a barrier and keeps it there.</summary>
public sealed record PausePipeline : PipelineWish;

/// <summary>Lets a paused pipeline go on.</summary>
/// <param name="RunId">Identity of the run that begins.</param>
public sealed record ResumePipeline(string RunId) : PipelineWish;

/// <summary>Ends a pipeline at a barrier.</summary>
public sealed record StopPipeline : PipelineWish;

/// <summary>Begins a new run, after a barrier when one is going on.</summary>
/// <param name="RunId">Identity of the run that begins.</param>
public sealed record RestartPipeline(string RunId) : PipelineWish;

/// <summary>Divides a pipeline into another number of tasks, at its next barrier.</summary>
/// <param name="RunId">Identity of the run that begins.</param>
/// <param name="Parallelism">How many tasks.</param>
public sealed record ScalePipeline(string RunId, int Parallelism) : PipelineWish;

/// <summary>Asks the run to end at its next barrier.</summary>
public sealed record StopAtBarrier(string RunId) : Work, IRunWork;

/// <summary>What a run had done when it ended.</summary>
public sealed record RunCounted(string RunId, RunTotals Totals) : GrainEvent;

/// <summary>The phases as a pipeline's log tells them.</summary>
internal static class PipelineWords
{
    public static string Of(PipelinePhase phase) => phase switch
    {
        PipelinePhase.Done => "done: everything that was there is committed",
        PipelinePhase.NothingNew => "done: there was nothing new",
        PipelinePhase.Stopped => "stopped",
        PipelinePhase.Paused => "paused",
        PipelinePhase.Failed => "failed: it does not go on by itself",
        _ => phase.ToString(),
    };
}
