namespace DataMesh.ControlPlane.Grains;

/// <summary>Work for one run of a pipeline: whoever carries out the work of many pipelines finds by it what belongs to the run.</summary>
public interface IRunWork
{
    /// <summary>The run.</summary>
    string RunId { get; }
}
