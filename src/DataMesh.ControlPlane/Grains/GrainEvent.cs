using System.Text.Json.Serialization;
using DataMesh.ControlPlane.Datasets;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.ControlPlane.Sources;
using DataMesh.ControlPlane.Tasks;

namespace DataMesh.ControlPlane.Grains;

/// <summary>
/// Something that happened, told to a grain. Immutable, and made of names and small facts only. Every event is registered here under the name it has
/// between silos: never change one.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(Activated), nameof(Activated))]
[JsonDerivedType(typeof(CommitDone), nameof(CommitDone))]
[JsonDerivedType(typeof(CommitTarget), nameof(CommitTarget))]
[JsonDerivedType(typeof(EpochCommitted), nameof(EpochCommitted))]
[JsonDerivedType(typeof(EpochCompleted), nameof(EpochCompleted))]
[JsonDerivedType(typeof(EpochGivenUp), nameof(EpochGivenUp))]
[JsonDerivedType(typeof(EpochPrepared), nameof(EpochPrepared))]
[JsonDerivedType(typeof(EpochStaged), nameof(EpochStaged))]
[JsonDerivedType(typeof(ListSplits), nameof(ListSplits))]
[JsonDerivedType(typeof(PartEnded), nameof(PartEnded))]
[JsonDerivedType(typeof(PartFailed), nameof(PartFailed))]
[JsonDerivedType(typeof(PauseEnded), nameof(PauseEnded))]
[JsonDerivedType(typeof(PausePipeline), nameof(PausePipeline))]
[JsonDerivedType(typeof(PositionsFound), nameof(PositionsFound))]
[JsonDerivedType(typeof(PreparedFound), nameof(PreparedFound))]
[JsonDerivedType(typeof(ProbePassed), nameof(ProbePassed))]
[JsonDerivedType(typeof(RecoverTask), nameof(RecoverTask))]
[JsonDerivedType(typeof(RestartPipeline), nameof(RestartPipeline))]
[JsonDerivedType(typeof(ResumePipeline), nameof(ResumePipeline))]
[JsonDerivedType(typeof(RunCounted), nameof(RunCounted))]
[JsonDerivedType(typeof(RunPart), nameof(RunPart))]
[JsonDerivedType(typeof(RunTask), nameof(RunTask))]
[JsonDerivedType(typeof(ScalePipeline), nameof(ScalePipeline))]
[JsonDerivedType(typeof(SplitsFound), nameof(SplitsFound))]
[JsonDerivedType(typeof(SplitsListed), nameof(SplitsListed))]
[JsonDerivedType(typeof(SplitsRead), nameof(SplitsRead))]
[JsonDerivedType(typeof(StartPipeline), nameof(StartPipeline))]
[JsonDerivedType(typeof(StopPart), nameof(StopPart))]
[JsonDerivedType(typeof(StopPipeline), nameof(StopPipeline))]
[JsonDerivedType(typeof(SubmitPipeline), nameof(SubmitPipeline))]
[JsonDerivedType(typeof(TargetCommitted), nameof(TargetCommitted))]
[JsonDerivedType(typeof(TargetRefused), nameof(TargetRefused))]
[JsonDerivedType(typeof(TaskEnded), nameof(TaskEnded))]
[JsonDerivedType(typeof(TaskFailed), nameof(TaskFailed))]
[JsonDerivedType(typeof(TaskRecovered), nameof(TaskRecovered))]
[JsonDerivedType(typeof(TriggerDue), nameof(TriggerDue))]
[JsonDerivedType(typeof(WorkFailed), nameof(WorkFailed))]
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

    /// <summary>Whether it has mostly passed as soon as it is told, such as a connection that broke: the first attempt after it need not wait.</summary>
    public bool PassesSoon { get; init; }
}
