using DataMesh.ControlPlane.Datasets;
using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.ControlPlane.Sources;
using DataMesh.ControlPlane.Tasks;

namespace DataMesh.Runtime.Tests.ControlPlane;

public class TaskMachineTests
{
    private static readonly GrainId Pipeline = new(GrainKind.Pipeline, "p");
    private static readonly GrainId Self = PipelineMachine.TaskOf("p");
    private static readonly PreparedFacts Prepared = new(4, "id4", "/t/_datamesh/prepared/4", ["/t", "/u"]);
    private readonly TaskMachine _machine = new();

    [Fact]
    public void A_start_recovers_before_anything_is_read()
    {
        var step = _machine.On(Self, _machine.Initial, new RecoverTask("run", Pipeline));
        Assert.Equal(TaskPhase.Recovering, step.State.Phase);
        Assert.Equal([new CancelWork(), new Recover("run")], step.Effects);
    }

    [Fact]
    public void What_it_is_told_twice_undoes_nothing()
    {
        var recover = new RecoverTask("run", Pipeline, 3);
        var (recovering, _) = Play(_machine.Initial, recover);
        var (ready, _) = Play(recovering, new PositionsFound(4));
        var (reading, _) = Play(ready, new RunTask("run", 3));
        foreach (var state in new[] { recovering, ready, reading })
        {
            foreach (var again in new[] { recover, recover with { Attempt = 2 } })
            {
                var step = _machine.On(Self, state, again);
                Assert.Equal(state, step.State);
                Assert.Empty(step.Effects);
            }
        }

        Assert.Equal(TaskPhase.Recovering, _machine.On(Self, reading, recover with { Attempt = 4 }).State.Phase);
        Assert.Equal(TaskPhase.Recovering, _machine.On(Self, reading, new RecoverTask("another", Pipeline, 1)).State.Phase);
    }

    [Fact]
    public void A_source_is_listed_once_an_attempt()
    {
        var (machine, self) = (new SourceMachine(), PipelineMachine.SourceOf("p", "in"));
        var list = new ListSplits("run", Pipeline, 3);
        var state = machine.On(self, machine.Initial, list).State;
        Assert.Empty(machine.On(self, state, list).Effects);
        Assert.Empty(machine.On(self, state, list with { Attempt = 2 }).Effects);
        Assert.Equal(new SplitsListed(self, 5, 70, 3), Assert.IsType<Send>(Assert.Single(machine.On(self, state, new SplitsFound(5, 70)).Effects)).Event);
        Assert.Contains(new Enumerate("run"), machine.On(self, state, list with { Attempt = 4 }).Effects);
    }

    [Fact]
    public void A_prepared_epoch_is_committed_first_and_then_the_targets_are_read_again()
    {
        var (state, effects) = Play(_machine.Initial, new RecoverTask("run", Pipeline), new PreparedFound(4, Prepared));
        Assert.Equal(["/t", "/u"], effects.OfType<Send>().Select(send => send.To.Key));
        (state, effects) = Play(state, new TargetCommitted("/t", "id4", 7));
        Assert.Empty(effects);
        (state, effects) = Play(state, new TargetCommitted("/u", "id4", 3));
        Assert.Equal([new Complete("run", 4, Prepared.Path)], effects);
        (state, effects) = Play(state, new EpochCompleted(4, []));
        Assert.Equal([new Recover("run")], effects);
        Assert.Equal(TaskPhase.Recovering, state.Phase);
    }

    [Fact]
    public void An_epoch_goes_through_stage_prepare_commit_complete_and_the_next_begins()
    {
        var state = Ready(4);
        (state, var effects) = Play(state, new RunTask("run"));
        Assert.Equal([new RunEpoch("run", 4)], effects);
        (state, effects) = Play(state, new EpochStaged(4, IsDrained: false, IsStopping: false));
        Assert.Equal([new Prepare("run", 4)], effects);
        (state, effects) = Play(state, new EpochPrepared(4, Prepared));
        Assert.Equal(2, effects.OfType<Send>().Count(send => send.Event is CommitTarget { PreparedId: "id4" }));
        (state, _) = Play(state, new TargetCommitted("/t", "id4", 1), new TargetCommitted("/u", "id4", 1));
        var source = PipelineMachine.SourceOf("p", "s");
        (state, effects) = Play(state, new EpochCompleted(4, [new SplitsDone(source, 3)]));
        Assert.Contains(new Send(source, new SplitsRead(3, 4)), effects);
        Assert.Contains(new RunEpoch("run", 5), effects);
        Assert.Equal(5, state.Epoch);
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(true, true, false)]
    [InlineData(false, true, true)]
    public void The_last_epoch_ends_the_task(bool drained, bool stopping, bool stopped)
    {
        var (_, effects) = Play(
            Ready(4), new RunTask("run"), new EpochStaged(4, drained, stopping), new EpochPrepared(4, Prepared),
            new TargetCommitted("/t", "id4", 1), new TargetCommitted("/u", "id4", 1), new EpochCompleted(4, []));
        Assert.Contains(new Send(Pipeline, new TaskEnded(Self, stopped)), effects);
        Assert.DoesNotContain(effects, effect => effect is RunEpoch);
    }

    [Fact]
    public void A_late_answer_about_another_prepared_record_changes_nothing()
    {
        var (state, _) = Play(Ready(4), new RunTask("run"), new EpochStaged(4, true, false), new EpochPrepared(4, Prepared));
        var (after, effects) = Play(state, new TargetCommitted("/t", "another", 9), new EpochStaged(4, true, false), new RunTask("run"));
        Assert.Equal(state, after);
        Assert.Empty(effects);
    }

    [Fact]
    public void A_refused_commit_fails_the_task_and_tells_the_pipeline()
    {
        var failure = new WorkFailed("commit", "full", MayPass: true);
        var (state, effects) = Play(
            Ready(4), new RunTask("run"), new EpochStaged(4, true, false), new EpochPrepared(4, Prepared), new TargetRefused("/t", "id4", failure));
        Assert.Equal(TaskPhase.Failed, state.Phase);
        Assert.Equal([new Send(Pipeline, new TaskFailed(Self, failure))], effects);
    }

    [Fact]
    public void A_task_whose_silo_went_away_says_so()
    {
        var reading = Play(Ready(4), new RunTask("run")).State;
        Assert.True(_machine.KeepsRunning(reading));
        var step = _machine.Resume(Self, reading, 9);
        Assert.True(Assert.IsType<TaskFailed>(Assert.IsType<Send>(Assert.Single(step.Effects)).Event).Failure.IsLost);
        Assert.False(_machine.KeepsRunning(step.State));
    }

    private TaskState Ready(long epoch) => Play(_machine.Initial, new RecoverTask("run", Pipeline), new PositionsFound(epoch)).State;

    private (TaskState State, IReadOnlyList<Effect> Effects) Play(TaskState state, params GrainEvent[] events)
    {
        Effect[] effects = [];
        foreach (var happened in events) (state, effects) = (_machine.On(Self, state, happened).State, _machine.On(Self, state, happened).Effects);
        return (state, effects);
    }
}
