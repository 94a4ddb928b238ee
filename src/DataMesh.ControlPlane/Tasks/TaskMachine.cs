using DataMesh.ControlPlane.Datasets;
using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.ControlPlane.Sources;

namespace DataMesh.ControlPlane.Tasks;

/// <summary>
/// Runs one task's epochs through the commit protocol: read and stage → prepare → commit every target → complete → next epoch.
/// Recovery settles a prepared epoch before anything new is read. With several instances it is their coordinator: each reads a part, and the epoch is staged
/// when all parts are; an instance that fails makes the epoch end on all of them.
/// </summary>
public sealed class TaskMachine : IGrainMachine<TaskState>
{
    /// <inheritdoc/>
    public TaskState Initial => new(TaskPhase.Idle, "", null, 0, [], null, false, false);

    /// <inheritdoc/>
    public Step<TaskState> On(GrainId self, TaskState state, GrainEvent happened) => happened switch
    {
        // Told once more, by a message that was handled and whose answer was lost: what it asked for has been done, and what came after it would be undone.
        RecoverTask again when again.RunId == state.RunId && again.Attempt <= state.Attempt => new(state),
        RecoverTask recover => new(
            Initial with { Phase = TaskPhase.Recovering, RunId = recover.RunId, Pipeline = recover.Pipeline, Attempt = recover.Attempt, Epoch = state.Epoch },
            [new CancelWork(), .. StopParts(self, state), new Recover(recover.RunId)]),
        PreparedFound found when state.Phase == TaskPhase.Recovering => CommitTargets(self, state with { Epoch = found.Epoch, IsRecovering = true }, found.Prepared),
        PositionsFound found when state.Phase == TaskPhase.Recovering => new(
            state with { Phase = TaskPhase.Ready, Epoch = found.NextEpoch, Tasks = found.Tasks, IsTogether = found.IsTogether }, ToPipeline(state, new TaskRecovered(self, found.NextEpoch, state.Attempt))),
        RunTask run when state.Phase == TaskPhase.Ready && run.RunId == state.RunId && run.Attempt == state.Attempt => OnRun(self, state with { Phase = TaskPhase.Reading, Poisoned = run.Poisoned }),
        EpochStaged staged when state.Phase == TaskPhase.Reading && staged.Epoch == state.Epoch => new(
            state with { Phase = TaskPhase.Staged, IsDrained = staged.IsDrained, IsStopping = staged.IsStopping }, new Prepare(state.RunId, state.Epoch)),
        EpochGivenUp givenUp when state.Phase == TaskPhase.Reading && givenUp.Epoch == state.Epoch => new(
            state with { Phase = TaskPhase.Ended }, [.. StopParts(self, state), ToPipeline(state, new TaskEnded(self, Stopped: true, state.Attempt))]),
        EpochPrepared prepared when state.Phase == TaskPhase.Staged && prepared.Epoch == state.Epoch => CommitTargets(self, state, prepared.Prepared),
        TargetCommitted committed when state.Phase == TaskPhase.Committing && committed.PreparedId == state.Prepared?.PreparedId => OnCommitted(state, committed),
        TargetRefused refused when state.Phase == TaskPhase.Committing && refused.PreparedId == state.Prepared?.PreparedId => Fail(self, state, refused.Failure),
        EpochCompleted completed when state.Phase == TaskPhase.Completing && completed.Epoch == state.Epoch => OnCompleted(self, state, completed),
        PartFailed failed when state.Phase == TaskPhase.Reading && failed.Attempt == state.Attempt => Fail(self, state, failed.Failure),
        // Whoever is behind has forgotten what it was told; whoever has not takes it as told before.
        PartFailed failed when state.Phase == TaskPhase.Reading && failed.Attempt < state.Attempt => new(state, Part(self, state, failed.Instance)),
        WorkFailed failed => Fail(self, state, failed),
        _ => new(state),
    };

    /// <summary>A task that is ready does nothing until its pipeline tells it to, which may be never: when there is nothing new, or for as long as the pipeline waits.</summary>
    public bool KeepsRunning(TaskState state) => state.Phase is
        TaskPhase.Recovering or TaskPhase.Reading or TaskPhase.Staged or TaskPhase.Committing or TaskPhase.Completing;

    /// <inheritdoc/>
    public Step<TaskState> Resume(GrainId self, TaskState state, long fence) =>
        Fail(self, state, new WorkFailed("task", "The silo that ran the task went away.", MayPass: true) { IsLost = true });

    private static Step<TaskState> CommitTargets(GrainId self, TaskState state, PreparedFacts prepared) => new(
        state with { Phase = TaskPhase.Committing, Prepared = prepared, Uncommitted = prepared.Targets },
        [.. prepared.Targets.Select(target => new Send(
            new GrainId(GrainKind.Dataset, target), new CommitTarget(self, state.RunId, prepared.PreparedId, prepared.Path, prepared.Epoch)))]);

    private static Step<TaskState> OnCommitted(TaskState state, TargetCommitted committed)
    {
        state = state with { Uncommitted = [.. state.Uncommitted.Where(target => target != committed.Target)] };
        return state.Uncommitted.Count > 0
            ? new(state)
            : new(state with { Phase = TaskPhase.Completing }, new Complete(state.RunId, state.Epoch, state.Prepared!.Path));
    }

    private static Step<TaskState> OnCompleted(GrainId self, TaskState state, EpochCompleted completed)
    {
        if (state.IsRecovering)
            return new(state with { Phase = TaskPhase.Recovering, IsRecovering = false, Prepared = null }, new Recover(state.RunId));
        var next = state with { Epoch = state.Epoch + 1, Prepared = null };
        var told = new List<Effect> { ToPipeline(state, new EpochCommitted(self, state.Epoch, completed.SplitsDone.Sum(done => done.Count), state.RunId, completed.Totals)) };
        told.AddRange(completed.SplitsDone.Select(done => new Send(done.Source, new SplitsRead(done.Count, state.Epoch))));
        if (state.IsDrained || state.IsStopping)
            return new(next with { Phase = TaskPhase.Ended }, [.. told, .. StopParts(self, state), ToPipeline(state, new TaskEnded(self, Stopped: !state.IsDrained, state.Attempt))]);
        return new(next with { Phase = TaskPhase.Reading }, [.. told, .. Read(self, next)]);
    }

    private static Step<TaskState> Fail(GrainId self, TaskState state, WorkFailed failure) =>
        new(state with { Phase = TaskPhase.Failed }, [.. EndReading(state), .. StopParts(self, state), ToPipeline(state, new TaskFailed(self, failure, state.Attempt))]);

    private static Step<TaskState> OnRun(GrainId self, TaskState state) => new(state, Read(self, state));

    /// <summary>Begins to read an epoch: alone, or with every instance reading its part.</summary>
    private static Effect[] Read(GrainId self, TaskState state) =>
        [new RunEpoch(state.RunId, state.Epoch, state.Attempt) { Poisoned = state.Poisoned }, .. Instances(self, state).Select(to => Part(self, state, to))];

    private static Send Part(GrainId self, TaskState state, GrainId to) => new(to, new RunPart(state.RunId, state.Attempt, self, InstanceMachine.NumberOf(to), state.Epoch));

    /// <summary>While instances read, the coordinator's own work waits for them.</summary>
    private static Effect[] EndReading(TaskState state) => state.Tasks <= 1 ? [] : [new CancelWork()];

    /// <summary>Makes all instances let go of the epoch.</summary>
    private static IEnumerable<Effect> StopParts(GrainId self, TaskState state) => Instances(self, state).Select(to => new Send(to, new StopPart(state.RunId, state.Attempt)));

    private static IEnumerable<GrainId> Instances(GrainId self, TaskState state)
    {
        var pipeline = self.Key[..self.Key.LastIndexOf("/task/", StringComparison.Ordinal)];
        return Enumerable.Range(0, state.Tasks <= 1 ? 0 : state.Tasks).Select(i => PipelineMachine.InstanceOf(pipeline, i, state.IsTogether));
    }

    private static Send ToPipeline(TaskState state, GrainEvent happened) =>
        new(state.Pipeline ?? throw new InvalidOperationException("A task was told to act before it was recovered."), happened);
}
