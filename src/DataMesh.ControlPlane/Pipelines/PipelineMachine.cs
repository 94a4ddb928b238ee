using System.Globalization;
using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Sources;
using DataMesh.ControlPlane.Tasks;

namespace DataMesh.ControlPlane.Pipelines;

/// <summary>
/// Supervises a pipeline: start → recover the task from the tables → list splits → run → done; a failure that may pass starts over at recover,
/// with a growing pause, a few times; a pipeline with a trigger that repeats waits for it and starts over at recover too. Start-up and recovery are
/// the same path. What people ask for while it is active happens at its next barrier: <see cref="PipelineWishes"/>.
/// </summary>
public sealed class PipelineMachine : IGrainMachine<PipelineState>
{
    /// <summary>Failures in a row before a pipeline gives up.</summary>
    public const int RestartsMax = 5;

    /// <summary>The pause after trouble that has mostly passed when it is told. The tasks of the next attempt should not meet the end of this one.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    public PipelineState Initial => new(PipelinePhase.Idle, "", "", [], 0, 0, null);

    /// <inheritdoc/>
    public Step<PipelineState> On(GrainId self, PipelineState state, GrainEvent happened) => happened switch
    {
        StartPipeline again when again.RunId == state.RunId => new(state),
        // What was going on before went away with its process.
        StartPipeline start => Start(self, PoisonHunt.AfterDeath(state), new RunPlan(start.RunId, start.Version, 0, start.Sources, start.Repeats, start.StartsAtTrigger) { PoisonedAfter = start.PoisonedAfter }),
        PipelineWish wish => PipelineWishes.On(self, state, wish),
        TaskRecovered recovered when state.Phase == PipelinePhase.Recovering && recovered.Attempt == state.Attempt =>
            state.IsStopping ? Conclude(self, state) : ListSplits(self, state),
        SplitsListed listed when state.Phase == PipelinePhase.Listing && listed.Attempt == state.Attempt => OnListed(self, state, listed),
        EpochCommitted committed => new(OnCommitted(state, committed), new Log(LogLevel.Info, $"epoch {committed.Epoch} is committed")),
        TaskEnded ended when state.Phase == PipelinePhase.Running && ended.Attempt == state.Attempt => OnEnded(self, state, ended),
        ProbePassed passed when state.Phase == PipelinePhase.Probing => OnPassed(self, state, passed),
        TriggerDue due when state.Phase == PipelinePhase.Waiting => due.IsStopped ? Conclude(self, state) : Recover(self, state),
        TaskFailed failed when failed.Attempt == state.Attempt => OnFailed(self, state, failed.Failure),
        WorkFailed failed => OnFailed(self, state, failed),
        PauseEnded ended when state.Phase == PipelinePhase.Pausing => ended.IsStopped ? Conclude(self, state) : Recover(self, state),
        RunCounted counted when counted.RunId == state.RunId => new(state with { LastRun = counted.Totals }),
        _ => new(state),
    };

    /// <inheritdoc/>
    public bool KeepsRunning(PipelineState state) => state.IsActive;

    /// <inheritdoc/>
    public Step<PipelineState> Resume(GrainId self, PipelineState state, long fence)
    {
        var log = new Log(LogLevel.Warning, "the process that ran it went away: it goes on from the last committed epoch");
        // An attempt that the store has forgotten may have had the next number, and others may remember it.
        state = state with { Attempt = Math.Max(state.Attempt, fence) };
        if (state.Phase != PipelinePhase.Waiting) return Also(Recover(self, PoisonHunt.AfterDeath(state)), log);
        return state.IsStopping ? Also(Conclude(self, state), log) : new(state, new CancelWork(), new AwaitTrigger(state.RunId));
    }

    /// <summary>The coordinator of a pipeline's tasks.</summary>
    public static GrainId TaskOf(string pipeline) => new(GrainKind.Stage, $"{pipeline}/task/0");

    /// <summary>One of several tasks of a pipeline: one that lives where there is room, or one that has to live where their coordinator does.</summary>
    public static GrainId InstanceOf(string pipeline, int number, bool isTogether = false) =>
        new(GrainKind.Instance, string.Create(CultureInfo.InvariantCulture, $"{pipeline}/{(isTogether ? "beside" : "task")}/{number}"));

    /// <summary>The enumerator of a source.</summary>
    public static GrainId SourceOf(string pipeline, string source) => new(GrainKind.Source, $"{pipeline}/{source}");

    /// <summary>Begins a run.</summary>
    internal static Step<PipelineState> Start(GrainId self, PipelineState before, RunPlan plan)
    {
        var state = before.With(plan) with { LastRun = null, CountedEpoch = -1, Phase = PipelinePhase.Recovering, Restarts = 0, Error = null, IsStopping = false, Next = null, Desired = DesiredState.Running };
        var log = new Log(LogLevel.Info, $"started{(plan.Spec > 0 ? $" with version {plan.Spec}" : "")}");
        return Also(plan is { Repeats: true, StartsAtTrigger: true } ? Finish(self, state, PipelinePhase.NothingNew) : Recover(self, state), log);
    }

    /// <summary>A run that was to come to a barrier has come there, or ended before.</summary>
    internal static Step<PipelineState> Conclude(GrainId self, PipelineState state)
    {
        if (!state.IsStopping || state.Next is not { } next) return End(state, state.Desired == DesiredState.Paused ? PipelinePhase.Paused : PipelinePhase.Stopped);
        var ended = End(state, state.Desired == DesiredState.Paused ? PipelinePhase.Paused : PipelinePhase.Stopped);
        if (state.Desired != DesiredState.Running) return new(ended.State.With(next), ended.Effects);
        var begun = Start(self, ended.State, next);
        return new(begun.State, [.. ended.Effects, .. begun.Effects]);
    }

    /// <summary>A step that does more at its end.</summary>
    internal static Step<PipelineState> Also(Step<PipelineState> step, params Effect[] more) => new(step.State, [.. step.Effects, .. more]);

    /// <summary>Every attempt has a number: what is still told of an earlier one is not heard.</summary>
    private static Step<PipelineState> Recover(GrainId self, PipelineState state)
    {
        state = state with { Phase = PipelinePhase.Recovering, Attempt = state.Attempt + 1 };
        return new(state, new CancelWork(), new Send(TaskOf(self.Key), new RecoverTask(state.RunId, self, state.Attempt)));
    }

    private static Step<PipelineState> ListSplits(GrainId self, PipelineState state) => new(
        state with { Phase = PipelinePhase.Listing, Listed = 0, Answered = [], Pending = 0, PendingBytes = 0 },
        [.. state.Sources.Select(source => new Send(SourceOf(self.Key, source), new ListSplits(state.RunId, self, state.Attempt)))]);

    private static Step<PipelineState> OnListed(GrainId self, PipelineState state, SplitsListed listed)
    {
        if (state.Answered.Contains(listed.Source.Key)) return new(state);
        state = state with
        {
            Listed = state.Listed + 1,
            Answered = [.. state.Answered, listed.Source.Key],
            Pending = state.Pending + listed.Pending,
            PendingBytes = state.PendingBytes + listed.Bytes,
        };
        if (state.Listed < state.Sources.Count) return new(state);
        if (state.IsStopping) return Conclude(self, state);
        if (state.Pending == 0) return Finish(self, state, PipelinePhase.NothingNew);
        if (PoisonHunt.Poisoned(state).Count > PoisonHunt.RecordsMax) return GiveUp(state, $"More than {PoisonHunt.RecordsMax} records end every process that reads them.");
        return PoisonHunt.IsDue(state) ? PoisonHunt.Begin(state) : Read(self, state);
    }

    private static Step<PipelineState> Read(GrainId self, PipelineState state) => new(
        state with { Phase = PipelinePhase.Running }, new Log(LogLevel.Info, $"{state.Pending} splits to read"),
        new Send(TaskOf(self.Key), new RunTask(state.RunId, state.Attempt) { Poisoned = state.Poisoned }));

    private static Step<PipelineState> OnPassed(GrainId self, PipelineState state, ProbePassed passed)
    {
        if (state.IsStopping) return Conclude(self, state);
        if (passed.Next is not null) return PoisonHunt.OnPassed(state, passed);
        return PoisonHunt.TryEnd(ref state) ? Read(self, state) : GiveUp(state, PoisonHunt.InVain);
    }

    private static Step<PipelineState> GiveUp(PipelineState state, string why) =>
        Also(End(state with { Error = why, Suspicion = null }, PipelinePhase.Failed), new Log(LogLevel.Error, why));

    /// <summary>What is committed is known here too, and so to everyone while nobody runs the pipeline. It may be told twice.</summary>
    private static PipelineState OnCommitted(PipelineState state, EpochCommitted committed)
    {
        state = state with { Restarts = 0, Error = null, Suspicion = null };
        if (committed.RunId != state.RunId || committed.Epoch <= state.CountedEpoch) return state with { EpochsCommitted = Math.Max(state.EpochsCommitted, committed.Epoch + 1) };
        state = state with { EpochsCommitted = committed.Epoch + 1, CountedEpoch = committed.Epoch, Pending = Math.Max(0, state.Pending - committed.SplitsDone) };
        return committed.Totals is not { } totals ? state : state with { LastRun = totals, PendingBytes = totals.BytesLeft >= 0 ? totals.BytesLeft : state.PendingBytes };
    }

    private static Step<PipelineState> OnEnded(GrainId self, PipelineState state, TaskEnded ended) =>
        ended.Stopped || state.IsStopping ? Conclude(self, state) : Finish(self, state with { Pending = 0, PendingBytes = 0 }, PipelinePhase.Done);

    private static Step<PipelineState> OnFailed(GrainId self, PipelineState state, WorkFailed failure)
    {
        if (!state.IsActive || state.Phase == PipelinePhase.Pausing) return new(state);
        if (failure.IsLost) return Also(Recover(self, PoisonHunt.AfterDeath(state)), new Log(LogLevel.Warning, failure.Message));
        state = state with { Error = failure.Message };
        var log = new Log(failure.MayPass ? LogLevel.Warning : LogLevel.Error, failure.Message);
        // Whoever wants it to stop need not wait until it works again; a new version may be the mending of what fails.
        if (state.IsStopping && (failure.MayPass || state.Next is not null)) return Also(Conclude(self, state), log);
        if (!failure.MayPass || state.Restarts >= RestartsMax) return Also(End(state, PipelinePhase.Failed), log);
        var pause = failure.PassesSoon && state.Restarts == 0 ? Shortest : TimeSpan.FromSeconds(Math.Min(30, 1 << state.Restarts));
        return new(state with { Phase = PipelinePhase.Pausing, Restarts = state.Restarts + 1 }, new Pause(pause, failure.Message), log);
    }

    /// <summary>Everything that is there has been read: the end of a single run, a pause of one that repeats.</summary>
    private static Step<PipelineState> Finish(GrainId self, PipelineState state, PipelinePhase phase) =>
        state.IsStopping ? Conclude(self, state)
        : state.Repeats ? new(state with { Phase = PipelinePhase.Waiting, Error = null }, new AwaitTrigger(state.RunId))
        : End(state, phase);

    private static Step<PipelineState> End(PipelineState state, PipelinePhase phase) => new(
        state with { Phase = phase, IsStopping = false, Next = null },
        new ReportEnd(state.RunId, phase, phase == PipelinePhase.Failed ? state.Error : null),
        new Log(phase == PipelinePhase.Failed ? LogLevel.Error : LogLevel.Info, PipelineWords.Of(phase)));
}
