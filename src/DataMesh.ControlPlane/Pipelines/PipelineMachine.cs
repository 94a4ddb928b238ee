using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Sources;
using DataMesh.ControlPlane.Tasks;

namespace DataMesh.ControlPlane.Pipelines;

/// <summary>
/// Supervises a pipeline: start → recover the task from the tables → list splits → run → done; a failure that may pass starts over at recover,
/// with a growing pause, a few times; a pipeline with a trigger that repeats waits for it and starts over at recover too. Start-up and recovery are
/// the same path.
/// </summary>
public sealed class PipelineMachine : IGrainMachine<PipelineState>
{
    /// <summary>Failures in a row before a pipeline gives up.</summary>
    public const int RestartsMax = 5;

    /// <inheritdoc/>
    public PipelineState Initial => new(PipelinePhase.Idle, "", "", [], 0, 0, null);

    /// <inheritdoc/>
    public Step<PipelineState> On(GrainId self, PipelineState state, GrainEvent happened) => happened switch
    {
        StartPipeline again when again.RunId == state.RunId => new(state),
        StartPipeline start => Start(self, state, start),
        TaskRecovered recovered when state.Phase == PipelinePhase.Recovering && recovered.Attempt == state.Attempt => ListSplits(self, state),
        SplitsListed listed when state.Phase == PipelinePhase.Listing && listed.Attempt == state.Attempt => OnListed(self, state, listed),
        EpochCommitted => new(state with { Restarts = 0 }),
        TaskEnded ended when state.Phase == PipelinePhase.Running && ended.Attempt == state.Attempt =>
            ended.Stopped ? End(state, PipelinePhase.Stopped) : Finish(state, PipelinePhase.Done),
        TriggerDue due when state.Phase == PipelinePhase.Waiting => due.IsStopped
            ? End(state, PipelinePhase.Stopped) : Recover(self, state),
        TaskFailed failed when failed.Attempt == state.Attempt => OnFailed(self, state, failed.Failure),
        WorkFailed failed => OnFailed(self, state, failed),
        PauseEnded ended when state.Phase == PipelinePhase.Pausing => ended.IsStopped
            ? End(state, PipelinePhase.Stopped) : Recover(self, state),
        _ => new(state),
    };

    /// <inheritdoc/>
    public bool KeepsRunning(PipelineState state) => state.Phase is
        PipelinePhase.Recovering or PipelinePhase.Listing or PipelinePhase.Running or PipelinePhase.Pausing or PipelinePhase.Waiting;

    /// <inheritdoc/>
    public Step<PipelineState> Resume(GrainId self, PipelineState state) =>
        state.Phase == PipelinePhase.Waiting ? new(state, new CancelWork(), new AwaitTrigger(state.RunId)) : Recover(self, state);

    /// <summary>The one task of a pipeline without exchanges.</summary>
    public static GrainId TaskOf(string pipeline) => new(GrainKind.Stage, $"{pipeline}/task/0");

    /// <summary>The enumerator of a source.</summary>
    public static GrainId SourceOf(string pipeline, string source) => new(GrainKind.Source, $"{pipeline}/{source}");

    private static Step<PipelineState> Start(GrainId self, PipelineState before, StartPipeline start)
    {
        var state = new PipelineState(PipelinePhase.Recovering, start.RunId, start.Version, start.Sources, 0, 0, null) { Repeats = start.Repeats, Attempt = before.Attempt };
        return start is { Repeats: true, StartsAtTrigger: true } ? Finish(state, PipelinePhase.NothingNew) : Recover(self, state);
    }

    /// <summary>Every attempt has a number: what is still told of an earlier one is not heard.</summary>
    private static Step<PipelineState> Recover(GrainId self, PipelineState state)
    {
        state = state with { Phase = PipelinePhase.Recovering, Attempt = state.Attempt + 1 };
        return new(state, new CancelWork(), new Send(TaskOf(self.Key), new RecoverTask(state.RunId, self, state.Attempt)));
    }

    private static Step<PipelineState> ListSplits(GrainId self, PipelineState state) => new(
        state with { Phase = PipelinePhase.Listing, Listed = 0, Answered = [], Pending = 0 },
        [.. state.Sources.Select(source => new Send(SourceOf(self.Key, source), new ListSplits(state.RunId, self, state.Attempt)))]);

    private static Step<PipelineState> OnListed(GrainId self, PipelineState state, SplitsListed listed)
    {
        if (state.Answered.Contains(listed.Source.Key)) return new(state);
        state = state with { Listed = state.Listed + 1, Answered = [.. state.Answered, listed.Source.Key], Pending = state.Pending + listed.Pending };
        if (state.Listed < state.Sources.Count) return new(state);
        if (state.Pending == 0) return Finish(state, PipelinePhase.NothingNew);
        return new(state with { Phase = PipelinePhase.Running }, new Send(TaskOf(self.Key), new RunTask(state.RunId, state.Attempt)));
    }

    private static Step<PipelineState> OnFailed(GrainId self, PipelineState state, WorkFailed failure)
    {
        if (state.Phase is not (PipelinePhase.Recovering or PipelinePhase.Listing or PipelinePhase.Running or PipelinePhase.Waiting)) return new(state);
        if (failure.IsLost) return state.Phase == PipelinePhase.Waiting ? new(state) : Recover(self, state);
        state = state with { Error = failure.Message };
        if (!failure.MayPass || state.Restarts >= RestartsMax) return End(state, PipelinePhase.Failed);
        var pause = TimeSpan.FromSeconds(Math.Min(30, 1 << state.Restarts));
        return new(state with { Phase = PipelinePhase.Pausing, Restarts = state.Restarts + 1 }, new Pause(pause, failure.Message));
    }

    /// <summary>Everything that is there has been read: the end of a single run, a pause of one that repeats.</summary>
    private static Step<PipelineState> Finish(PipelineState state, PipelinePhase phase) =>
        state.Repeats ? new(state with { Phase = PipelinePhase.Waiting, Error = null }, new AwaitTrigger(state.RunId)) : End(state, phase);

    private static Step<PipelineState> End(PipelineState state, PipelinePhase phase) =>
        new(state with { Phase = phase }, new ReportEnd(state.RunId, phase, phase == PipelinePhase.Failed ? state.Error : null));
}
