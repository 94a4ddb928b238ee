using DataMesh.ControlPlane.Grains;

namespace DataMesh.ControlPlane.Pipelines;

/// <summary>
/// What people want of a pipeline. A pipeline that is active is first brought to a barrier: what it has read until there is committed. A wish that makes
/// no sense where the pipeline stands changes nothing; whoever asks has looked before.
/// </summary>
internal static class PipelineWishes
{
    public static Step<PipelineState> On(GrainId self, PipelineState state, PipelineWish wish) => wish switch
    {
        SubmitPipeline submit => Submit(self, state, submit),
        PausePipeline when state.IsActive => AtBarrier(state with { Desired = DesiredState.Paused }, "pausing at the next barrier"),
        StopPipeline when state.IsActive => AtBarrier(state with { Desired = DesiredState.Stopped, Next = null }, "stopping at the next barrier"),
        StopPipeline when state.Phase == PipelinePhase.Paused => new(
            state with { Desired = DesiredState.Stopped, Phase = PipelinePhase.Stopped }, new Log(LogLevel.Info, PipelineWords.Of(PipelinePhase.Stopped))),
        StopPipeline when state.Phase != PipelinePhase.Idle => new(state with { Desired = DesiredState.Stopped }),
        ResumePipeline resume when state.Desired == DesiredState.Paused => Go(self, state, (state.Next ?? state.ToPlan()) with { RunId = resume.RunId }, "resuming"),
        RestartPipeline restart when IsNew(state, restart.RunId) && state.Phase != PipelinePhase.Idle => Go(self, state, (state.Next ?? state.ToPlan()) with { RunId = restart.RunId }, "starting again at the next barrier"),
        ScalePipeline scale when IsNew(state, scale.RunId) && state.Phase != PipelinePhase.Idle => Scale(self, state, scale),
        _ => new(state),
    };

    /// <summary>A wish may be told twice.</summary>
    private static bool IsNew(PipelineState state, string runId) => state.RunId != runId && state.Next?.RunId != runId;

    private static Step<PipelineState> Submit(GrainId self, PipelineState state, SubmitPipeline submit)
    {
        var log = new Log(LogLevel.Info, $"version {submit.Plan.Spec} is submitted");
        if (!IsNew(state, submit.Plan.RunId)) return new(state);
        if (!submit.Paused) return After(log, Go(self, state, submit.Plan, "changing to it at the next barrier"));
        if (state.IsActive) return After(log, AtBarrier(state with { Desired = DesiredState.Paused, Next = submit.Plan }, "pausing at the next barrier"));
        return new(state.With(submit.Plan) with { Desired = DesiredState.Paused, Phase = PipelinePhase.Paused, Error = null }, log);
    }

    private static Step<PipelineState> Scale(GrainId self, PipelineState state, ScalePipeline scale)
    {
        if (state.IsActive && state.Desired == DesiredState.Running)
            return Go(self, state, (state.Next ?? state.ToPlan()) with { RunId = scale.RunId, Parallelism = scale.Parallelism }, $"changing to {scale.Parallelism} tasks at the next barrier");
        var next = state.Next is { } plan ? plan with { Parallelism = scale.Parallelism } : null;
        return new(state with { Parallelism = scale.Parallelism, Next = next }, new Log(LogLevel.Info, $"will have {scale.Parallelism} tasks"));
    }

    /// <summary>Begins a run: now, or when the one that is going on has come to a barrier.</summary>
    private static Step<PipelineState> Go(GrainId self, PipelineState state, RunPlan plan, string log) => state.IsActive
        ? AtBarrier(state with { Desired = DesiredState.Running, Next = plan }, log)
        : PipelineMachine.Start(self, state, plan);

    private static Step<PipelineState> After(Effect first, Step<PipelineState> step) => new(step.State, [first, .. step.Effects]);

    private static Step<PipelineState> AtBarrier(PipelineState state, string log) =>
        new(state with { IsStopping = true }, new StopAtBarrier(state.RunId), new Log(LogLevel.Info, log));
}
