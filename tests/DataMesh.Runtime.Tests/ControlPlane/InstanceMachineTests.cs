using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.ControlPlane.Tasks;

namespace DataMesh.Runtime.Tests.ControlPlane;

public class InstanceMachineTests
{
    private static readonly GrainId Pipeline = new(GrainKind.Pipeline, "a/b");
    private static readonly GrainId Coordinator = PipelineMachine.TaskOf("a/b");
    private static readonly GrainId Self = PipelineMachine.InstanceOf("a/b", 1);
    private static readonly WorkFailed Trouble = new("read", "gone", MayPass: true);
    private readonly InstanceMachine _machine = new();
    private readonly TaskMachine _coordinator = new();

    [Fact]
    public void It_reads_its_part_of_every_epoch()
    {
        var step = _machine.On(Self, _machine.Initial, new RunPart("run", 3, Coordinator, 1, 7));
        Assert.Equal([new CancelWork(), new ReadPart("run", 3, 1, 7)], step.Effects);
        Assert.True(_machine.KeepsRunning(step.State));
        Assert.Empty(_machine.On(Self, step.State, new RunPart("run", 3, Coordinator, 1, 7)).Effects);
        step = _machine.On(Self, step.State, new PartEnded(3, 7));
        Assert.Equal(InstancePhase.Staged, step.State.Phase);
        Assert.True(_machine.KeepsRunning(step.State));
        Assert.Empty(_machine.On(Self, step.State, new RunPart("run", 3, Coordinator, 1, 7)).Effects);
        step = _machine.On(Self, step.State, new RunPart("run", 3, Coordinator, 1, 8));
        Assert.Contains(new ReadPart("run", 3, 1, 8), step.Effects);
        Assert.Contains(new ReadPart("next", 1, 1, 0), _machine.On(Self, step.State, new RunPart("next", 1, Coordinator, 1, 0)).Effects);
    }

    [Fact]
    public void A_failure_is_told_to_the_coordinator_and_what_comes_late_changes_nothing()
    {
        var running = _machine.On(Self, _machine.Initial, new RunPart("run", 3, Coordinator, 1, 7)).State;
        var failed = _machine.On(Self, running, Trouble);
        Assert.Contains(new Send(Coordinator, new PartFailed(Self, 3, Trouble)), failed.Effects);
        Assert.Equal(InstancePhase.Failed, failed.State.Phase);
        Assert.Empty(_machine.On(Self, failed.State, Trouble).Effects);
        foreach (var late in new GrainEvent[] { new PartEnded(2, 7), new PartEnded(3, 6), new StopPart("run", 2), new StopPart("other", 3), new RunPart("run", 2, Coordinator, 1, 9) })
            Assert.Equal(running, _machine.On(Self, running, late).State);
        var stopped = _machine.On(Self, running, new StopPart("run", 3));
        Assert.Equal([new CancelWork(), new LeavePart("run", 1)], stopped.Effects);
        Assert.False(_machine.KeepsRunning(stopped.State));
    }

    [Fact]
    public void An_instance_whose_process_went_away_takes_all_of_them_back_without_a_pause()
    {
        var running = _machine.On(Self, _machine.Initial, new RunPart("run", 3, Coordinator, 1, 7)).State;
        var lost = _machine.Resume(Self, running, 9).Effects.OfType<Send>().Select(send => send.Event).OfType<PartFailed>().Single();
        Assert.True(lost.Failure is { IsLost: true, MayPass: true });
    }

    [Fact]
    public void The_coordinator_begins_every_epoch_on_all_instances()
    {
        var (state, effects) = Play(_coordinator.Initial, new RecoverTask("run", Pipeline, 3), new PositionsFound(4, 2), new RunTask("run", 3));
        Assert.Equal(
            [
                new RunEpoch("run", 4, 3), new Send(PipelineMachine.InstanceOf("a/b", 0), new RunPart("run", 3, Coordinator, 0, 4)),
                new Send(Self, new RunPart("run", 3, Coordinator, 1, 4)),
            ], effects);
        (_, effects) = Play(state, new EpochStaged(4, false, false), new EpochPrepared(4, new PreparedFacts(4, "id", "/p", [])));
        Assert.Empty(effects);
    }

    [Fact]
    public void An_instance_that_fails_takes_all_of_them_back_once()
    {
        var (state, effects) = Play(_coordinator.Initial, new RecoverTask("run", Pipeline, 3), new PositionsFound(4, 2), new RunTask("run", 3), new PartFailed(Self, 3, Trouble));
        Assert.Equal(TaskPhase.Failed, state.Phase);
        Assert.Contains(new Send(Pipeline, new TaskFailed(Coordinator, Trouble, 3)), effects);
        Assert.Contains(new CancelWork(), effects);
        Assert.Contains(new Send(Self, new StopPart("run", 3)), effects);
        (state, effects) = Play(state, new PartFailed(PipelineMachine.InstanceOf("a/b", 0), 3, Trouble));
        Assert.Empty(effects);
        (state, effects) = Play(state, new RecoverTask("run", Pipeline, 4));
        Assert.Equal(new Recover("run"), effects[^1]);
        (_, effects) = Play(state, new PositionsFound(4, 2), new RunTask("run", 4), new PartFailed(Self, 3, Trouble));
        // Either it has been told of the next attempt meanwhile, or it was and has forgotten it with the end of a store.
        Assert.Equal([new Send(Self, new RunPart("run", 4, Coordinator, 1, 4))], effects);
    }

    private (TaskState State, IReadOnlyList<Effect> Effects) Play(TaskState state, params GrainEvent[] events)
    {
        Effect[] effects = [];
        foreach (var happened in events) (state, effects) = (_coordinator.On(Coordinator, state, happened).State, _coordinator.On(Coordinator, state, happened).Effects);
        return (state, effects);
    }
}
