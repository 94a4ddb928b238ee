using System.Text.Json;
using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.Core.Pipelines;
using DataMesh.Hosting.Simulation.Silos;
using DataMesh.Hosting.Simulation.World;
using DataMesh.Runtime;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Runs;
using DataMesh.Runtime.Silos;

namespace DataMesh.Hosting.Simulation.Trials;

/// <summary>
/// Who submits the pipeline of a trial and waits for its end, as a person with a command line does: asks whatever silo lives, asks again when it hears
/// nothing, submits again what the cluster has forgotten.
/// </summary>
internal sealed class TrialOperator(SimulatedCluster cluster, SimulatedProcess process, Scene scene, string folder, PipelineDefinition definition)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(15);

    private readonly GrainId _pipeline = new(GrainKind.Pipeline, definition.Name);
    private int _runs;

    /// <summary>The state of the pipeline as it is stored now.</summary>
    public PipelineState? State =>
        cluster.Server.Now.States.GetValueOrDefault(_pipeline.ToString())?.State is { } stored ? JsonSerializer.Deserialize(stored.Json, RuntimeJson.Default.PipelineState) : null;

    /// <summary>Has the pipeline run and waits until it has ended; says how.</summary>
    public async Task<PipelineState> RunAsync()
    {
        var run = "";
        var asked = -2 * AskAgainAfter;
        while (true)
        {
            var isKnown = cluster.Server.Now.Pipelines.ContainsKey(definition.Name) && State?.Error?.Contains("is not known any more", StringComparison.Ordinal) != true;
            if (State is { } state && IsOver(state) && state.RunId == run && (isKnown || state.Phase != PipelinePhase.Failed)) return state;
            var isUnderWay = isKnown && State is { IsActive: true } active && active.RunId == run;
            // A run that the cluster has forgotten is asked for again; one that is only slow is known there.
            if (!isUnderWay && cluster.World.Now - asked > AskAgainAfter && await SubmitAsync() is { } begun) (run, asked) = (begun, cluster.World.Now);
            await Task.Delay(Look, process.Clock);
        }
    }

    /// <summary>A pipeline that repeats has read everything when it waits for its trigger.</summary>
    private static bool IsOver(PipelineState state) => !state.IsActive || state.Phase == PipelinePhase.Waiting;

    private async Task<string?> SubmitAsync()
    {
        if (cluster.Silos.Count == 0) return null;
        var silo = cluster.Silos[cluster.World.Random.Next(cluster.Silos.Count)];
        var options = new SpecOptions(scene.File, definition.Trigger.Repeats ? "repeats" : "once", definition.Parallelism).ToJson();
        try
        {
            var version = await silo.Pipelines.SubmitAsync(definition.Name, scene.Text, folder, options, default).AsTask().WaitAsync(Patience, process.Clock);
            var name = new RunName(definition.Name, version.Version, scene.Parallelism ?? 0, $"run{++_runs}");
            using var stop = new CancellationTokenSource();
            var run = new PipelineRun(definition, new RunOptions { RunId = name.ToString() }, process.Clock, stop.Token);
            var plan = new RunPlan(run.RunId, run.Version, version.Version, [.. definition.Sources.Select(node => node.Id)], run.Repeats, false, scene.Parallelism ?? 0) { PoisonedAfter = definition.Quarantine.PoisonedAfter };
            await silo.CallAsync(_pipeline, new SubmitPipeline(plan, false), Patience, default).WaitAsync(Patience, process.Clock);
            return run.RunId;
        }
        catch (Exception error) when (error is TimeoutException or GrainCallException or OperationCanceledException || ServerLink.IsTrouble(error))
        {
            return null;
        }
    }
}
