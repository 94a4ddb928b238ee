using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Runs;

namespace DataMesh.Hosting.Embedded;

/// <summary>Runs pipelines inside this process: the default host.</summary>
public static class EmbeddedHost
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs a pipeline to the end of its input, or to the next barrier after <paramref name="stopAtBarrier"/> is cancelled.</summary>
    /// <param name="definition">The pipeline.</param>
    /// <param name="options">How the run should go.</param>
    /// <param name="progress">Told four times a second where the run stands.</param>
    /// <param name="stopAtBarrier">Asks for a stop at the next barrier; what was read until then is committed.</param>
    /// <param name="clock">The clock; without it, the machine's.</param>
    /// <returns>The account of the run; a failure is in it, with what was committed before. Throws only when the run could not begin.</returns>
    public static async Task<RunResult> RunAsync(
        PipelineDefinition definition, RunOptions options, IProgress<RunProgress>? progress, CancellationToken stopAtBarrier, TimeProvider? clock = null)
    {
        var run = new PipelineRun(definition, options, clock ?? TimeProvider.System, stopAtBarrier);
        var folder = options.StateFolder ?? Path.Combine(run.Context.BaseFolder, ".datamesh");
        using var only = RunLock.Take(folder, definition.Name);
        using var store = new SqliteStore(Path.Combine(folder, "state.db"), run.Clock, keepsDatasets: false);
        await using var worker = new RunWorker(run);
        await using var host = new InProcessHost(
            store, new GrainActivator(worker), run.Clock, (_, why) => run.End(new ReportEnd(run.RunId, PipelinePhase.Failed, why)), keepsAlive: false);
        using var reporting = new CancellationTokenSource();
        var reports = progress is null ? Task.CompletedTask : ReportAsync(run, worker, progress, reporting.Token);
        var pipeline = new GrainId(GrainKind.Pipeline, definition.Name);
        host.Tell(
            pipeline, pipeline,
            new StartPipeline(run.RunId, run.Version, [.. definition.Sources.Select(node => node.Id)], run.Repeats, definition.Trigger.Kind == TriggerKind.Cron)
            {
                // Who changes nothing, or reads other records, leads nobody to a record that was read.
                PoisonedAfter = options.DryRun || options.Settle is not null ? 0 : definition.Quarantine.PoisonedAfter,
            });
        var end = await run.Ended;
        await reporting.CancelAsync();
        await reports;
        var result = Result(run, end);
        progress?.Report(Now(run, worker, "done"));
        return result;
    }

    private static async Task ReportAsync(PipelineRun run, RunWorker worker, IProgress<RunProgress> progress, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(ProgressInterval, run.Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation)) progress.Report(Now(run, worker, PhaseOf(worker)));
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static string PhaseOf(RunWorker worker) => worker.IsPausing ? RunProgress.Pausing : worker.IsWaiting ? "waiting for input" : worker.Task is null ? "starting" : "reading";

    private static RunProgress Now(PipelineRun run, RunWorker worker, string phase)
    {
        var lines = run.Meter.Lines();
        return new RunProgress(
            phase, run.Outcome.Epochs, run.Clock.GetElapsedTime(run.StartedAt), run.Meter.BytesRead, worker.Task?.TotalBytes ?? -1,
            run.RowsRead(lines), run.Meter.RowsWritten, lines.Sum(line => line.Quarantined),
            worker.Task?.BytesInFlight ?? 0, lines, run.Outcome.Messages.LastOrDefault());
    }

    private static RunResult Result(PipelineRun run, ReportEnd end)
    {
        var outcome = end.Phase switch
        {
            PipelinePhase.Done => RunOutcome.Completed,
            PipelinePhase.NothingNew => RunOutcome.NothingNew,
            PipelinePhase.Stopped when run.Outcome.WasInVain => RunOutcome.NothingNew,
            PipelinePhase.Stopped => run.Options.DryRun ? RunOutcome.DryRun : RunOutcome.Stopped,
            _ => RunOutcome.Failed,
        };
        var quarantine = run.Outcome.Quarantine;
        var path = quarantine.Count > 0 ? run.Definition.Sinks[0].Sink.SideFolder(run.Context, "_quarantine") : null;
        return new RunResult(
            outcome, run.Definition.Name, run.Outcome.Epochs, run.Clock.GetElapsedTime(run.StartedAt), run.Meter.BytesRead, run.Outcome.Stages,
            [.. run.Outcome.Targets.Select(target => target with { QuarantinePath = path })], quarantine, run.Outcome.StoppedAt, run.Outcome.Messages,
            end.Error is null ? null : new DataMeshException(end.Error))
        {
            File = run.Definition.File,
            Settled = run.Outcome.Settled,
            SetTooManyAside = run.SetTooManyAside,
            DriftEvents = run.Outcome.DriftEvents,
        };
    }
}
