using System.Globalization;
using DataMesh.ControlPlane.Grains;

namespace DataMesh.ControlPlane.Tasks;

/// <summary>
/// One of several tasks that read side by side: reads its part of every epoch that the coordinator of their commit group begins. What it has staged counts
/// only with the parts of all others; when it fails, the epoch is given up on all of them.
/// </summary>
public sealed class InstanceMachine : IGrainMachine<InstanceState>
{
    /// <inheritdoc/>
    public InstanceState Initial => new(InstancePhase.Idle, "", 0, null, 0);

    /// <inheritdoc/>
    public Step<InstanceState> On(GrainId self, InstanceState state, GrainEvent happened) => happened switch
    {
        RunPart run when !IsKnown(state, run) => new(
            new InstanceState(InstancePhase.Running, run.RunId, run.Attempt, run.Coordinator, run.Epoch),
            new CancelWork(), new ReadPart(run.RunId, run.Attempt, run.Instance, run.Epoch)),
        PartEnded ended when state.Phase == InstancePhase.Running && (ended.Attempt, ended.Epoch) == (state.Attempt, state.Epoch) => new(
            state with { Phase = InstancePhase.Staged }),
        WorkFailed failed when state.Phase == InstancePhase.Running => Fail(self, state, failed),
        StopPart stop when (stop.RunId, stop.Attempt) == (state.RunId, state.Attempt) => new(
            state with { Phase = InstancePhase.Idle }, new CancelWork(), new LeavePart(state.RunId, NumberOf(self))),
        _ => new(state),
    };

    /// <inheritdoc/>
    public bool KeepsRunning(InstanceState state) => state.Phase is InstancePhase.Running or InstancePhase.Staged;

    /// <inheritdoc/>
    public Step<InstanceState> Resume(GrainId self, InstanceState state, long fence) =>
        Fail(self, state, new WorkFailed("task", "The silo that ran a task went away.", MayPass: true) { IsLost = true });

    /// <summary>The number of an instance.</summary>
    public static int NumberOf(GrainId self) => int.Parse(self.Key.AsSpan(self.Key.LastIndexOf('/') + 1), NumberStyles.None, CultureInfo.InvariantCulture);

    private static Step<InstanceState> Fail(GrainId self, InstanceState state, WorkFailed failure) => new(
        state with { Phase = InstancePhase.Failed }, new CancelWork(), new Send(state.Coordinator!.Value, new PartFailed(self, state.Attempt, failure)));

    /// <summary>Whether an order came before, or belongs to what is over.</summary>
    private static bool IsKnown(InstanceState state, RunPart run) =>
        run.RunId == state.RunId && (run.Attempt < state.Attempt || (run.Attempt == state.Attempt && run.Epoch <= state.Epoch));
}

/// <summary>Where a task instance stands. The numbers are persisted: never change one.</summary>
public enum InstancePhase
{
    /// <summary>Nothing to do.</summary>
    Idle = 0,
    /// <summary>Reads its part of an epoch.</summary>
    Running = 1,
    /// <summary>Its part is staged, with those of the others; waits for the next epoch.</summary>
    Staged = 2,
    /// <summary>Failed; waits for the pipeline to recover.</summary>
    Failed = 3,
}

/// <summary>The state of a task instance's grain.</summary>
/// <param name="Phase">Where it stands.</param>
/// <param name="RunId">The run it works for.</param>
/// <param name="Attempt">The pipeline's attempt: what belongs to an earlier one means nothing.</param>
/// <param name="Coordinator">The coordinator of its commit group.</param>
/// <param name="Epoch">The epoch.</param>
public sealed record InstanceState(InstancePhase Phase, string RunId, long Attempt, GrainId? Coordinator, long Epoch);

/// <summary>An epoch begins: read and stage your part of it.</summary>
public sealed record RunPart(string RunId, long Attempt, GrainId Coordinator, int Instance, long Epoch) : GrainEvent;

/// <summary>The part is staged, as those of all others are; or the epoch was given up.</summary>
public sealed record PartEnded(long Attempt, long Epoch) : GrainEvent;

/// <summary>An instance could not read its part.</summary>
public sealed record PartFailed(GrainId Instance, long Attempt, WorkFailed Failure) : GrainEvent;

/// <summary>The epoch is given up, or there is no further one: let go of everything.</summary>
public sealed record StopPart(string RunId, long Attempt) : GrainEvent;

/// <summary>Reads and stages one instance's part of an epoch; ends in <see cref="PartEnded"/>.</summary>
public sealed record ReadPart(string RunId, long Attempt, int Instance, long Epoch) : Work, IRunWork;

/// <summary>An instance is wanted no more: lets go of what it holds between epochs, such as a split that is read half.</summary>
public sealed record LeavePart(string RunId, int Instance) : Work, IRunWork;
