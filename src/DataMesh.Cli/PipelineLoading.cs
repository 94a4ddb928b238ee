using DataMesh.Cli.Output;
using DataMesh.Cli.Sampling;
using DataMesh.Core.Components;
using DataMesh.Core.Pipelines;
using DataMesh.Core.Pipelines.Spec;

namespace DataMesh.Cli;

/// <summary>A pipeline file has errors; they were not printed yet.</summary>
internal sealed class InvalidPipelineException(IReadOnlyList<PipelineProblem> problems) : Exception("The pipeline file has errors.")
{
    public IReadOnlyList<PipelineProblem> Problems { get; } = problems;
}

/// <summary>Loads what verbs work on.</summary>
internal static class PipelineLoading
{
    /// <summary>A pipeline file; its warnings go to standard error.</summary>
    public static PipelineDefinition Load(string path)
    {
        var reading = PipelineReader.TryRead(path, Composition.Catalog);
        if (reading.Definition is null) throw new InvalidPipelineException(reading.Problems);
        foreach (var warning in reading.Problems) Terminal.Problem(warning);
        return reading.Definition;
    }

    /// <summary>A pipeline file, or a data file as a pipeline that only reads it.</summary>
    public static PipelineDefinition LoadAny(string path) => IsPipeline(path) ? Load(path) : OfData(path);

    /// <summary>Whether a name is that of a pipeline file.</summary>
    public static bool IsPipeline(string path) => Path.GetExtension(path).ToLowerInvariant() is ".yaml" or ".yml";

    /// <summary>A pipeline that only reads a data file.</summary>
    public static PipelineDefinition OfData(string path)
    {
        var problems = new PipelineProblems();
        var place = new Core.Errors.Location(path);
        var file = Composition.Catalog.Require(ComponentKind.Source, "file");
        var source = (Source)new OptionsBinder(Composition.Catalog, problems).Bind(file, new SpecScalar(path, true, place));
        return new PipelineDefinition
        {
            Name = "look",
            File = Path.GetFullPath("look.yaml"),
            Text = "",
            Sources = [new SourceNode("source", "file", source, place)],
            Stages = [],
            Sinks = [new SinkNode("rows", "rows", new RowsSink(), new NodeOutput("source"), place)],
        };
    }
}
