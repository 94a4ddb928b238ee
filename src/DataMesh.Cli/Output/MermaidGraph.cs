using DataMesh.Core.Pipelines;

namespace DataMesh.Cli.Output;

/// <summary>A pipeline as a Mermaid flowchart.</summary>
internal static class MermaidGraph
{
    /// <summary>Prints the flowchart.</summary>
    public static void Print(PipelineDefinition definition)
    {
        Terminal.Line("flowchart LR");
        foreach (var source in definition.Sources) Terminal.Line($"    {Name(source.Id)}[({Label(source.Id, source.Type)})]");
        foreach (var stage in definition.Stages) Terminal.Line($"    {Name(stage.Id)}[{Label(stage.Id, stage.Type)}]");
        foreach (var sink in definition.Sinks) Terminal.Line($"    {Name(sink.Id)}[({Label(sink.Id, sink.Type)})]");
        foreach (var stage in definition.Stages)
        {
            foreach (var input in stage.Inputs) Terminal.Line(Edge(definition, input, stage.Id));
        }

        foreach (var sink in definition.Sinks) Terminal.Line(Edge(definition, sink.Input, sink.Id));
    }

    private static string Edge(PipelineDefinition definition, NodeOutput from, string to)
    {
        var outputs = definition.Stages.FirstOrDefault(stage => stage.Id == from.Node)?.Stage.Outputs;
        var label = outputs is { Count: > 1 } ? $"|{outputs[from.Output]}|" : "";
        return $"    {Name(from.Node)} -->{label} {Name(to)}";
    }

    private static string Label(string id, string type) => id == type ? $"\"{id}\"" : $"\"{id} ({type})\"";

    /// <summary>Mermaid reads some words as syntax (end, graph): ids get a prefix.</summary>
    private static string Name(string id) => "n_" + id.Replace('-', '_');
}
