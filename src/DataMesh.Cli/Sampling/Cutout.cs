using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;

namespace DataMesh.Cli.Sampling;

/// <summary>Cuts the part out of a pipeline that leads to one output, and ends it in memory.</summary>
internal static class Cutout
{
    /// <summary>The pipeline up to an output such as <c>clean</c> or <c>router.major</c>; null for what the first sink gets.</summary>
    public static PipelineDefinition UpTo(PipelineDefinition definition, string? after, params ReadOnlySpan<Stage> then)
    {
        var output = after is null ? definition.Sinks[0].Input : Find(definition, after);
        var needed = new HashSet<string> { output.Node };
        foreach (var stage in definition.Stages.Reverse())
        {
            if (needed.Contains(stage.Id)) needed.UnionWith(stage.Inputs.Select(input => input.Node));
        }

        var stages = definition.Stages.Where(stage => needed.Contains(stage.Id)).ToList();
        foreach (var stage in then)
        {
            var id = $"(then {stages.Count})";
            stages.Add(new StageNode(id, "look", stage, [output], default));
            output = new NodeOutput(id);
        }

        return Copy(definition, [.. definition.Sources.Where(source => needed.Contains(source.Id))], stages, [new SinkNode("rows", "rows", new RowsSink(), output, default)]);
    }

    /// <summary>The pipeline with other sources and every sink in memory.</summary>
    public static PipelineDefinition WithSources(PipelineDefinition definition, IReadOnlyList<SourceNode> sources) =>
        Copy(definition, sources, definition.Stages, [.. definition.Sinks.Select(sink => sink with { Sink = new RowsSink() })]);

    private static PipelineDefinition Copy(PipelineDefinition definition, IReadOnlyList<SourceNode> sources, IReadOnlyList<StageNode> stages, IReadOnlyList<SinkNode> sinks) => new()
    {
        Name = definition.Name,
        File = definition.File,
        Text = definition.Text,
        Sources = sources,
        Stages = stages,
        Sinks = sinks,
        Drift = definition.Drift,
    };

    private static NodeOutput Find(PipelineDefinition definition, string name)
    {
        var parts = name.Split('.', 2);
        if (definition.Sources.Any(source => source.Id == parts[0])) return new NodeOutput(parts[0]);
        if (definition.Sinks.FirstOrDefault(sink => sink.Id == parts[0]) is { } sink) return sink.Input;
        if (definition.Stages.FirstOrDefault(stage => stage.Id == parts[0]) is { } found)
        {
            var outputs = found.Stage.Outputs;
            var at = parts.Length == 1 ? 0 : outputs.ToList().IndexOf(parts[1]);
            if (at >= 0) return new NodeOutput(found.Id, at);
            throw new DataMeshException($"'{found.Id}' has no output '{parts[1]}'.", hint: Nearest.Hint(parts[1], [.. outputs]));
        }

        var names = definition.Sources.Select(source => source.Id).Concat(definition.Stages.Select(stage => stage.Id)).ToList();
        throw new DataMeshException($"There is no stage or source '{name}' in {Path.GetFileName(definition.File)}.", hint: Nearest.Hint(name, names));
    }
}
