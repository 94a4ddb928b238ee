using DataMesh.ControlPlane.Datasets;
using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.ControlPlane.Sources;
using DataMesh.ControlPlane.Tasks;

namespace DataMesh.Runtime.Hosting;

/// <summary>Makes the shell for a grain of any kind: the same on every host.</summary>
public class GrainActivator(IGrainWorker worker)
{
    /// <summary>Carries out the grains' work.</summary>
    public IGrainWorker Worker => worker;

    /// <summary>Whether there are grains of this kind.</summary>
    public virtual bool Knows(GrainId id) => id.Kind is GrainKind.Pipeline or GrainKind.Source or GrainKind.Stage or GrainKind.Dataset or GrainKind.Instance && id.Key.Length > 0;

    /// <summary>Activates a grain on a host.</summary>
    public virtual IGrainShell Activate(GrainActivation activation) => activation.Id.Kind switch
    {
        GrainKind.Pipeline => new GrainShell<PipelineState>(activation, new PipelineMachine(), () => RuntimeJson.Default.PipelineState, RuntimeJsonWriting.Default.PipelineState, worker),
        GrainKind.Source => new GrainShell<SourceState>(activation, new SourceMachine(), () => RuntimeJson.Default.SourceState, RuntimeJsonWriting.Default.SourceState, worker),
        GrainKind.Stage => new GrainShell<TaskState>(activation, new TaskMachine(), () => RuntimeJson.Default.TaskState, RuntimeJsonWriting.Default.TaskState, worker),
        GrainKind.Dataset => new GrainShell<DatasetState>(activation, new DatasetMachine(), () => RuntimeJson.Default.DatasetState, RuntimeJsonWriting.Default.DatasetState, worker),
        GrainKind.Instance => new GrainShell<InstanceState>(activation, new InstanceMachine(), () => RuntimeJson.Default.InstanceState, RuntimeJsonWriting.Default.InstanceState, worker),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation.Id, "There is no grain of this kind."),
    };
}
