using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Runs;

namespace DataMesh.Hosting.Embedded;

/// <summary>Runs pipelines inside this process: the default host.</summary>
public static class EmbeddedHost
{
    /// <summary>Runs a pipeline to the end of its input, or to the next barrier after <paramref name="stopAtBarrier"/> is cancelled.</summary>
    public static Task<RunResult> RunAsync(PipelineDefinition definition, RunOptions options, IProgress<RunProgress>? progress, CancellationToken stopAtBarrier) =>
        throw new NotImplementedException($"{definition.Name} {options} {progress} {stopAtBarrier}");
}
