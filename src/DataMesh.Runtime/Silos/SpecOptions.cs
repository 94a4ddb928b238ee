using System.Text.Json;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Runtime.Silos;

/// <summary>What is stored beside the text of a submitted pipeline.</summary>
/// <param name="File">Name of its file, for messages.</param>
/// <param name="Trigger">Its trigger, for people.</param>
/// <param name="Parallelism">The tasks that it asks for.</param>
public sealed record SpecOptions(string File, string Trigger, int Parallelism)
{
    /// <summary>The options as they are stored.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RuntimeJson.Default.SpecOptions);

    /// <summary>The options of a stored version.</summary>
    public static SpecOptions Of(PipelineVersion version) => JsonSerializer.Deserialize(version.Options, RuntimeJson.Default.SpecOptions) ?? new SpecOptions("pipeline.yaml", "", 1);

    /// <summary>Reads the pipeline of a stored version. References to the environment are those of this process, as in files.</summary>
    public static PipelineReading Read(PipelineVersion version, ComponentCatalog catalog) =>
        PipelineReader.ReadText(version.Yaml, Path.Combine(version.BaseFolder, Of(version).File), catalog);

    /// <summary>The pipeline of a stored version. Throws when it can not run here.</summary>
    public static PipelineDefinition Require(PipelineVersion version, ComponentCatalog catalog)
    {
        var reading = Read(version, catalog);
        if (reading.Definition is { } definition) return definition;
        throw DataMeshException.Of([.. reading.Problems.Where(problem => problem.Severity == ProblemSeverity.Error)
            .Select(problem => new DataMeshException(problem.Message, problem.Location, problem.Detail, problem.Hint))]);
    }
}
