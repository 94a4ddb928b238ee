using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.ControlPlane.Sources;
using DataMesh.ControlPlane.Tasks;

namespace DataMesh.Runtime.Tests.ControlPlane;

/// <summary>What people ask of a pipeline, played against its machine.</summary>
public class PipelineWishTests
{
    private static readonly GrainId Self = new(GrainKind.Pipeline, "p");
    private static readonly GrainId Task = PipelineMachine.TaskOf("p");
    private static readonly RunPlan Plan = new("r1", "v1", 1, ["a"]);
    private readonly PipelineMachine _machine = new();

    [Fact]
    public void A_submitted_pipeline_starts_and_a_second_submission_of_the_same_run_changes_nothing()
    {
        var (state, effects) = Play(_machine.Initial, new SubmitPipeline(Plan, Paused: false));
        Assert.Equal([new CancelWork(), new Send(Task, new RecoverTask("r1", Self, 1))], effects);
        Assert.Equal((PipelinePhase.Recovering, 1L, true), (state.Phase, state.Spec, _machine.KeepsRunning(state)));
        Assert.Equal((state, 0), (Play(state, new SubmitPipeline(Plan, Paused: false)).State, Play(state, new SubmitPipeline(Plan, Paused: false)).Effects.Count));
    }

    [Fact]
    public void A_pipeline_submitted_paused_costs_nothing_until_it_is_resumed()
    {
        var (state, effects) = Play(_machine.Initial, new SubmitPipeline(Plan, Paused: true));
        Assert.Empty(effects);
        Assert.Equal((PipelinePhase.Paused, false), (state.Phase, _machine.KeepsRunning(state)));
        (state, effects) = Play(state, new ResumePipeline("r2"));
        Assert.Equal([new CancelWork(), new Send(Task, new RecoverTask("r2", Self, 1))], effects);
        Assert.Equal(DesiredState.Running, state.Desired);
    }

    [Fact]
    public void A_running_pipeline_is_paused_at_its_barrier_and_goes_on_with_a_new_run()
    {
        var (state, effects) = Play(Running(), new PausePipeline());
        Assert.Equal([new StopAtBarrier("r1")], effects);
        Assert.Equal((PipelinePhase.Running, true), (state.Phase, state.IsStopping));
        (state, effects) = Play(state, new EpochCommitted(Task, 4), new TaskEnded(Task, Stopped: true, 1));
        Assert.Equal([new ReportEnd("r1", PipelinePhase.Paused, null)], effects);
        Assert.Equal((PipelinePhase.Paused, false, false, 5L), (state.Phase, state.IsStopping, _machine.KeepsRunning(state), state.EpochsCommitted));
        Assert.Equal(PipelinePhase.Recovering, Play(state, new ResumePipeline("r2")).State.Phase);
    }

    [Fact]
    public void A_pipeline_resumed_before_its_barrier_goes_on_after_it()
    {
        var state = Play(Running(), new PausePipeline(), new ResumePipeline("r2")).State;
        Assert.Equal((PipelinePhase.Running, DesiredState.Running), (state.Phase, state.Desired));
        var (next, effects) = Play(state, new TaskEnded(Task, Stopped: true, 1));
        Assert.Equal([new ReportEnd("r1", PipelinePhase.Stopped, null), new CancelWork(), new Send(Task, new RecoverTask("r2", Self, 2))], effects);
        Assert.Equal(("r2", PipelinePhase.Recovering, false), (next.RunId, next.Phase, next.IsStopping));
    }

    [Fact]
    public void A_new_version_takes_over_at_the_barrier_also_when_the_input_ended_first()
    {
        var state = Play(Running(), new SubmitPipeline(Plan with { RunId = "r2", Spec = 2, Sources = ["a", "b"] }, Paused: false)).State;
        Assert.Equal((1L, 2L), (state.Spec, state.Next!.Spec));
        state = Play(state, new TaskEnded(Task, Stopped: false, 1)).State;
        Assert.Equal((2L, 2, PipelinePhase.Recovering), (state.Spec, state.Sources.Count, state.Phase));
    }

    [Fact]
    public void A_new_version_takes_over_at_once_from_one_that_fails_or_has_failed()
    {
        var submit = new SubmitPipeline(Plan with { RunId = "r2", Spec = 2 }, Paused: false);
        var failing = Play(Running(), submit, new TaskFailed(Task, new WorkFailed("bind", "no such column", MayPass: false), 1)).State;
        Assert.Equal((PipelinePhase.Recovering, 2L), (failing.Phase, failing.Spec));
        var failed = Play(Running(), new TaskFailed(Task, new WorkFailed("bind", "no such column", MayPass: false), 1), submit).State;
        Assert.Equal((PipelinePhase.Recovering, 2L, null), (failed.Phase, failed.Spec, failed.Error));
    }

    [Fact]
    public void A_stop_is_done_wherever_the_pipeline_stands()
    {
        Assert.Equal(PipelinePhase.Stopped, Play(_machine.Initial, new SubmitPipeline(Plan, false), new StopPipeline(), new TaskRecovered(Task, 0, 1)).State.Phase);
        var listing = Play(_machine.Initial, new SubmitPipeline(Plan, false), new TaskRecovered(Task, 0, 1), new StopPipeline());
        Assert.Equal(PipelinePhase.Stopped, Play(listing.State, Listed(1, 1)).State.Phase);
        var waiting = Play(_machine.Initial, new SubmitPipeline(Plan with { Repeats = true, StartsAtTrigger = true }, false), new StopPipeline());
        Assert.Equal([new StopAtBarrier("r1")], waiting.Effects);
        Assert.Equal(PipelinePhase.Stopped, Play(waiting.State, new TriggerDue(IsStopped: true)).State.Phase);
        Assert.Equal(PipelinePhase.Stopped, Play(Running(), new StopPipeline(), new TaskFailed(Task, new WorkFailed("x", "disk full", MayPass: true), 1)).State.Phase);
        Assert.Equal(PipelinePhase.Stopped, Play(_machine.Initial, new SubmitPipeline(Plan, Paused: true), new StopPipeline()).State.Phase);
    }

    [Fact]
    public void A_pipeline_whose_process_dies_on_the_way_to_a_barrier_settles_what_was_prepared_and_stands_there()
    {
        var stopping = Play(Running(), new StopPipeline()).State;
        Assert.True(_machine.KeepsRunning(stopping));
        var resumed = _machine.Resume(Self, stopping, 9);
        Assert.Contains(new Send(Task, new RecoverTask("r1", Self, 10)), resumed.Effects);
        Assert.Equal(PipelinePhase.Stopped, Play(resumed.State, new TaskRecovered(Task, 3, 10)).State.Phase);
    }

    [Fact]
    public void A_restart_and_a_scale_begin_a_new_run_after_the_barrier()
    {
        var state = Play(Running(), new ScalePipeline("r2", 4), new TaskEnded(Task, Stopped: true, 1)).State;
        Assert.Equal((4, "r2", PipelinePhase.Recovering), (state.Parallelism, state.RunId, state.Phase));
        var done = Play(Running(), new TaskEnded(Task, Stopped: false, 1)).State;
        Assert.Equal(4, Play(done, new ScalePipeline("r2", 4)).State.Parallelism);
        Assert.Equal(("r3", PipelinePhase.Recovering), (Play(done, new RestartPipeline("r3")).State.RunId, Play(done, new RestartPipeline("r3")).State.Phase));
        Assert.Equal(_machine.Initial, Play(_machine.Initial, new RestartPipeline("r3")).State);
    }

    [Fact]
    public void What_a_run_counted_is_kept_unless_another_run_has_begun()
    {
        var totals = new RunTotals(1, 2, 3, 4, 5);
        var done = Play(Running(), new TaskEnded(Task, Stopped: false, 1)).State;
        Assert.Equal(totals, Play(done, new RunCounted("r1", totals)).State.LastRun);
        Assert.Null(Play(done, new RunCounted("r0", totals)).State.LastRun);
    }

    private static SplitsListed Listed(long pending, long attempt) => new(PipelineMachine.SourceOf("p", "a"), pending, 10, attempt);

    private PipelineState Running() => Play(_machine.Initial, new SubmitPipeline(Plan, false), new TaskRecovered(Task, 0, 1), Listed(1, 1)).State;

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
