using DataMesh.ControlPlane.Datasets;
using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.ControlPlane.Sources;
using DataMesh.ControlPlane.Tasks;

namespace DataMesh.Runtime.Hosting;

/// <summary>Makes the shell for a grain of any kind: the same on every host.</summary>
public sealed class GrainActivator(IGrainWorker worker)
{
    /// <summary>Activates a grain on a host.</summary>
    public IGrainShell Activate(GrainId id, IGrainHost host, TaskScheduler scheduler) => id.Kind switch
    {
        GrainKind.Pipeline => new GrainShell<PipelineState>(id, new PipelineMachine(), () => RuntimeJson.Default.PipelineState, RuntimeJsonWriting.Default.PipelineState, host, worker, scheduler),
        GrainKind.Source => new GrainShell<SourceState>(id, new SourceMachine(), () => RuntimeJson.Default.SourceState, RuntimeJsonWriting.Default.SourceState, host, worker, scheduler),
        GrainKind.Stage => new GrainShell<TaskState>(id, new TaskMachine(), () => RuntimeJson.Default.TaskState, RuntimeJsonWriting.Default.TaskState, host, worker, scheduler),
        GrainKind.Dataset => new GrainShell<DatasetState>(id, new DatasetMachine(), () => RuntimeJson.Default.DatasetState, RuntimeJsonWriting.Default.DatasetState, host, worker, scheduler),
        _ => throw new ArgumentOutOfRangeException(nameof(id), id, "There is no grain of this kind."),
    };
}
