using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.ControlPlane.Sources;
using DataMesh.ControlPlane.Tasks;

namespace DataMesh.Runtime.Tests.ControlPlane;

public class PipelineMachineTests
{
    private static readonly GrainId Self = new(GrainKind.Pipeline, "p");
    private static readonly GrainId Task = PipelineMachine.TaskOf("p");
    private readonly PipelineMachine _machine = new();

    [Fact]
    public void What_a_run_has_committed_stands_in_the_state_once_however_often_it_is_told()
    {
        var totals = new RunTotals(500, 50, 49, 1, 3) { BytesLeft = 100 };
        var committed = new EpochCommitted(Task, 2, SplitsDone: 1, "run", totals);
        var state = _machine.Initial with { Phase = PipelinePhase.Running, RunId = "run", Pending = 3, PendingBytes = 300 };
        for (var time = 0; time < 2; time++)
        {
            state = _machine.On(Self, state, committed).State;
            Assert.Equal((2L, 100L, 3L, totals), (state.Pending, state.PendingBytes, state.EpochsCommitted, state.LastRun));
        }

        var stale = _machine.On(Self, state, committed with { Epoch = 3, RunId = "before" }).State;
        Assert.Equal((totals, 2L), (stale.LastRun, stale.Pending));
    }

    [Fact]
    public void A_run_recovers_lists_every_source_and_then_reads()
    {
        var (state, effects) = Play(_machine.Initial, new StartPipeline("run", "v", ["a", "b"]));
        Assert.Equal([new CancelWork(), new Send(Task, new RecoverTask("run", Self, 1))], effects);
        (state, effects) = Play(state, new TaskRecovered(Task, 0, 1));
        Assert.Equal(["p/a", "p/b"], effects.OfType<Send>().Select(send => send.To.Key));
        (state, effects) = Play(state, new SplitsListed(PipelineMachine.SourceOf("p", "a"), 2, 10, 1));
        Assert.Empty(effects);
        (_, effects) = Play(state, new SplitsListed(PipelineMachine.SourceOf("p", "b"), 0, 0, 1));
        Assert.Equal([new Send(Task, new RunTask("run", 1))], effects);
    }

    [Fact]
    public void A_broken_connection_is_followed_by_another_attempt_at_once_and_by_pauses_when_it_stays_broken()
    {
        var broken = new WorkFailed("x", "cut", MayPass: true) { PassesSoon = true };
        var (state, effects) = Play(_machine.Initial, new StartPipeline("run", "v", ["a"]), broken);
        Assert.True(Assert.Single(effects.OfType<Pause>()).Time < TimeSpan.FromSeconds(0.1));
        (_, effects) = Play(state, new PauseEnded(IsStopped: false), broken);
        Assert.Equal(TimeSpan.FromSeconds(2), Assert.Single(effects.OfType<Pause>()).Time);
    }

    [Fact]
    public void Nothing_new_ends_the_run_without_reading()
    {
        var (state, effects) = Play(
            _machine.Initial, new StartPipeline("run", "v", ["a"]), new TaskRecovered(Task, 3, 1), new SplitsListed(PipelineMachine.SourceOf("p", "a"), 0, 0, 1));
        Assert.Equal(PipelinePhase.NothingNew, state.Phase);
        Assert.Equal([new ReportEnd("run", PipelinePhase.NothingNew, null)], effects);
    }

    [Fact]
    public void A_failure_that_may_pass_pauses_longer_each_time_and_then_gives_up()
    {
        var state = Play(_machine.Initial, new StartPipeline("run", "v", ["a"])).State;
        var pauses = new List<double>();
        for (var i = 0; i < PipelineMachine.RestartsMax; i++)
        {
            (state, var effects) = Play(state, new WorkFailed("x", "disk full", MayPass: true));
            pauses.Add(Assert.IsType<Pause>(Assert.Single(effects)).Time.TotalSeconds);
            (state, effects) = Play(state, new PauseEnded(IsStopped: false));
            Assert.Equal([new CancelWork(), new Send(Task, new RecoverTask("run", Self, i + 2))], effects);
        }

        Assert.Equal([1, 2, 4, 8, 16], pauses);
        var (last, end) = Play(state, new WorkFailed("x", "disk full", MayPass: true));
        Assert.Equal(PipelinePhase.Failed, last.Phase);
        Assert.Equal([new ReportEnd("run", PipelinePhase.Failed, "disk full")], end);
    }

    [Fact]
    public void A_stop_ends_the_pause_after_a_failure()
    {
        var (state, effects) = Play(_machine.Initial, new StartPipeline("run", "v", ["a"]), new WorkFailed("x", "disk full", MayPass: true), new PauseEnded(IsStopped: true));
        Assert.Equal(PipelinePhase.Stopped, state.Phase);
        Assert.Equal([new ReportEnd("run", PipelinePhase.Stopped, null)], effects);
    }

    [Fact]
    public void A_commit_between_failures_makes_the_pauses_short_again()
    {
        var state = Play(
            _machine.Initial, new StartPipeline("run", "v", ["a"]), new WorkFailed("x", "m", true), new PauseEnded(IsStopped: false), new TaskRecovered(Task, 0, 2),
            new SplitsListed(PipelineMachine.SourceOf("p", "a"), 1, 1, 2), new EpochCommitted(Task, 0)).State;
        Assert.Equal(0, state.Restarts);
    }

    [Fact]
    public void A_wrong_pipeline_fails_at_once()
    {
        var (state, effects) = Play(
            _machine.Initial, new StartPipeline("run", "v", ["a"]), new TaskFailed(Task, new WorkFailed("bind", "no such column", MayPass: false), 1));
        Assert.Equal(PipelinePhase.Failed, state.Phase);
        Assert.Equal([new ReportEnd("run", PipelinePhase.Failed, "no such column")], effects);
    }

    [Fact]
    public void A_pipeline_that_repeats_waits_after_everything_was_read_and_starts_over_at_recovery()
    {
        var (state, effects) = Play(
            _machine.Initial, new StartPipeline("run", "v", ["a"], Repeats: true), new TaskRecovered(Task, 0, 1),
            new SplitsListed(PipelineMachine.SourceOf("p", "a"), 1, 1, 1), new TaskEnded(Task, Stopped: false, 1));
        Assert.Equal([new AwaitTrigger("run")], effects);
        (state, effects) = Play(state, new TriggerDue(IsStopped: false));
        Assert.Equal([new CancelWork(), new Send(Task, new RecoverTask("run", Self, 2))], effects);
        (state, effects) = Play(state, new TaskRecovered(Task, 1, 2), new SplitsListed(PipelineMachine.SourceOf("p", "a"), 0, 0, 2));
        Assert.Equal([new AwaitTrigger("run")], effects);
        (_, effects) = Play(state, new TriggerDue(IsStopped: true));
        Assert.Equal([new ReportEnd("run", PipelinePhase.Stopped, null)], effects);
    }

    [Fact]
    public void A_pipeline_that_starts_at_its_trigger_looks_at_nothing_before()
    {
        var (state, effects) = Play(_machine.Initial, new StartPipeline("run", "v", ["a"], Repeats: true, StartsAtTrigger: true));
        Assert.Equal(PipelinePhase.Waiting, state.Phase);
        Assert.Equal([new AwaitTrigger("run")], effects);
    }

    [Fact]
    public void What_is_told_twice_or_of_an_earlier_attempt_is_not_heard()
    {
        var source = PipelineMachine.SourceOf("p", "a");
        var (state, effects) = Play(
            _machine.Initial, new StartPipeline("run", "v", ["a", "b"]), new TaskRecovered(Task, 0, 0), new TaskRecovered(Task, 0, 1),
            new SplitsListed(source, 1, 1, 0), new SplitsListed(source, 1, 1, 1), new SplitsListed(source, 1, 1, 1), new StartPipeline("run", "v", ["a", "b"]));
        Assert.Empty(effects);
        Assert.Equal((PipelinePhase.Listing, 1L), (state.Phase, state.Pending));
    }

    [Fact]
    public void A_task_whose_silo_went_away_is_recovered_at_once_and_counts_no_restart()
    {
        var state = Play(_machine.Initial, new StartPipeline("run", "v", ["a"]), new TaskRecovered(Task, 0, 1), new SplitsListed(PipelineMachine.SourceOf("p", "a"), 1, 1, 1)).State;
        var lost = new WorkFailed("task", "gone", MayPass: true) { IsLost = true };
        (state, var effects) = Play(state, new TaskFailed(Task, lost, 1));
        Assert.Equal([new CancelWork(), new Send(Task, new RecoverTask("run", Self, 2))], effects);
        Assert.Equal((PipelinePhase.Recovering, 0), (state.Phase, state.Restarts));
        Assert.Empty(Play(state, new TaskFailed(Task, lost, 1)).Effects);
    }

    [Fact]
    public void A_pipeline_whose_silo_went_away_recovers_or_waits_on()
    {
        var running = Play(_machine.Initial, new StartPipeline("run", "v", ["a"], Repeats: true), new TaskRecovered(Task, 0, 1)).State;
        Assert.True(_machine.KeepsRunning(running));
        Assert.Equal([new CancelWork(), new Send(Task, new RecoverTask("run", Self, 51))], _machine.Resume(Self, running, 50).Effects.Where(effect => effect is not Log));
        var waiting = Play(running, new SplitsListed(PipelineMachine.SourceOf("p", "a"), 0, 0, 1)).State;
        Assert.True(_machine.KeepsRunning(waiting));
        Assert.Equal([new CancelWork(), new AwaitTrigger("run")], _machine.Resume(Self, waiting, 50).Effects);
        // What it did after it waited may be forgotten: its number is not given again.
        Assert.Equal(51, Play(_machine.Resume(Self, waiting, 50).State, new TriggerDue(IsStopped: false)).State.Attempt);
        Assert.False(_machine.KeepsRunning(Play(waiting, new TriggerDue(IsStopped: true)).State));
    }

    private (PipelineState State, IReadOnlyList<Effect> Effects) Play(PipelineState state, params GrainEvent[] events)
    {
        IReadOnlyList<Effect> effects = [];
        foreach (var happened in events)
        {
            var step = _machine.On(Self, state, happened);
            (state, effects) = (step.State, [.. step.Effects.Where(effect => effect is not Log)]);
        }

        return (state, effects);
    }
}
