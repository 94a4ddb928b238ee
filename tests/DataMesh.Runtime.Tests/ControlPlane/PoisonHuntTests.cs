using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.ControlPlane.Sources;
using DataMesh.ControlPlane.Tasks;

namespace DataMesh.Runtime.Tests.ControlPlane;

/// <summary>How the record is found that ends processes: each death narrows down what is to be read by itself.</summary>
public class PoisonHuntTests
{
    private static readonly GrainId Self = new(GrainKind.Pipeline, "p");
    private static readonly GrainId Task = PipelineMachine.TaskOf("p");
    private readonly PipelineMachine _machine = new();

    [Fact]
    public void A_record_is_set_aside_when_the_piece_that_ended_processes_is_no_larger_than_it_and_ended_another()
    {
        var (state, effects) = Die(Die(Running()).State);
        var hunt = Assert.Single(effects.OfType<ProbeInput>());
        Assert.Equal((PipelinePhase.Probing, null), (state.Phase, hunt.At));
        state = Play(state, new ProbePassed(Piece(0, 64_000_000))).State;
        state = Die(state).State;
        Assert.Equal((1_000_000, 64_000_000, 0), Place(state));
        state = Play(state, new ProbePassed(Piece(0, 1_000_100, 1_000_000)), new ProbePassed(Piece(1_000_100, 2_000_000, 1_000_000))).State;
        state = Die(state).State;
        Assert.Equal((15_623, 2_000_000, 1_000_100), Place(state));
        state = Play(state, new ProbePassed(Piece(1_010_000, 1_026_000, 15_623))).State;
        state = Die(state).State;
        Assert.Equal((244, 1_026_000, 1_010_000), Place(state));
        state = Play(state, new ProbePassed(Piece(1_011_000, 1_011_300, 244))).State;
        state = Die(state).State;
        Assert.Equal((1, 1_011_300, 1_011_000), Place(state));
        var record = Piece(1_011_020, 1_011_050, 1) with { IsRecord = true };
        state = Die(Play(state, new ProbePassed(record)).State).State;
        Assert.Null(state.Poisoned);
        (state, effects) = Die(state);
        Assert.Equal([new PoisonedRecord("a", "s", "i", 1_011_020, 1_011_050, 8)], state.Poisoned);
        Assert.True(Assert.Single(effects.OfType<ProbeInput>()).At is { IsRead: true, To: 1_011_050, Size: 0, Limit: -1 });
        (state, effects) = Play(state, new ProbePassed(null));
        Assert.Equal((PipelinePhase.Running, null), (state.Phase, state.Suspicion));
        Assert.Equal(state.Poisoned, Assert.IsType<RunTask>(Assert.Single(effects.OfType<Send>()).Event).Poisoned);
    }

    [Fact]
    public void A_committed_epoch_clears_the_input_of_suspicion()
    {
        var state = Play(Die(Running()).State, new EpochCommitted(Task, 0)).State;
        Assert.Null(state.Suspicion);
        Assert.Equal(PipelinePhase.Running, Die(state).State.Phase);
    }

    [Fact]
    public void A_pipeline_is_given_up_when_its_processes_end_and_no_record_makes_them()
    {
        var state = Running();
        for (var hunt = 0; hunt < 3; hunt++)
        {
            Assert.Equal(PipelinePhase.Running, state.Phase);
            state = Play(Die(Die(state).State).State, new ProbePassed(Piece(0, 100)), new ProbePassed(null)).State;
        }

        Assert.Equal((PipelinePhase.Failed, GivenUp), (state.Phase, state.Error?[..21]));
    }

    [Fact]
    public void A_death_while_nothing_is_read_by_itself_narrows_nothing_down()
    {
        var state = Play(Die(Die(Running()).State).State, new ProbePassed(Piece(0, 64_000))).State;
        var died = _machine.Resume(Self, state, 0).State;
        Assert.Equal(died.Suspicion, _machine.Resume(Self, died, 0).State.Suspicion);
    }

    [Fact]
    public void With_zero_no_record_is_looked_for()
    {
        var state = Running() with { PoisonedAfter = 0 };
        for (var death = 0; death < 20; death++) state = Die(state).State;
        Assert.Equal((PipelinePhase.Running, null), (state.Phase, state.Suspicion));
    }

    private const string GivenUp = "Processes end again a";

    private static Probe Piece(long from, long to, long size = 0) => new("a", "s", "i", from, to) { Size = size };

    private static (long, long, long) Place(PipelineState state) => state.Suspicion!.Probe is { IsRead: true } probe ? (probe.Size, probe.Limit, probe.To) : default;

    private PipelineState Running() =>
        _machine.Initial with { Phase = PipelinePhase.Running, RunId = "run", Version = "v", Sources = ["a"], Attempt = 1, PoisonedAfter = 2 };

    /// <summary>The process goes away, and another one takes the pipeline up.</summary>
    private Step<PipelineState> Die(PipelineState state)
    {
        state = _machine.Resume(Self, state, 0).State;
        return Play(state, new TaskRecovered(Task, 0, state.Attempt), new SplitsListed(PipelineMachine.SourceOf("p", "a"), 1, 100, state.Attempt));
    }

    private Step<PipelineState> Play(PipelineState state, params GrainEvent[] events)
    {
        var step = new Step<PipelineState>(state);
        foreach (var happened in events) step = _machine.On(Self, step.State, happened);
        return step;
    }
}
