using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Pipelines;

namespace DataMesh.DataPlane.Graph;

/// <summary>Numbers the nodes of a pipeline and knows who reads from whom.</summary>
internal sealed class Wiring
{
    private readonly Dictionary<string, int> _sources = [];
    private readonly Dictionary<string, int> _stages = [];
    private readonly Dictionary<NodeOutput, List<Edge>> _consumers = [];

    public Wiring(PipelineDefinition definition)
    {
        foreach (var source in definition.Sources) _sources.Add(source.Id, _sources.Count);
        foreach (var stage in definition.Stages) _stages.Add(stage.Id, _stages.Count);
        var number = definition.Sources.Count;
        foreach (var stage in definition.Stages)
        {
            for (var input = 0; input < stage.Inputs.Count; input++) Connect(stage.Inputs[input], new Edge(number, input, false));
            number++;
        }

        foreach (var source in definition.Sources)
            if (source.EntersAt is { } stage) Connect(new NodeOutput(source.Id), new Edge(definition.Sources.Count + _stages[stage], 0, false));
        foreach (var sink in definition.Sinks) Connect(sink.Input, new Edge(number++, 0, true));
        Names =
        [
            .. definition.Sources.Select(node => new NodeName(node.Id, node.Type)),
            .. definition.Stages.Select(node => new NodeName(node.Id, node.Type)),
            .. definition.Sinks.Select(node => new NodeName(node.Id, node.Type)),
        ];
    }

    public IReadOnlyList<NodeName> Names { get; }

    /// <summary>The number of a source, or -1 for a stage.</summary>
    public int SourceNumber(string id) => _sources.GetValueOrDefault(id, -1);

    /// <summary>The position of a stage among the stages.</summary>
    public int StageNumber(string id) => _stages[id];

    public IReadOnlyList<Edge> ConsumersOf(NodeOutput output) => _consumers.GetValueOrDefault(output) ?? [];

    public Schema SchemaOf(NodeOutput output, IReadOnlyList<DecodePlan> sources, IReadOnlyList<BoundStage> bound) =>
        _sources.TryGetValue(output.Node, out var source) ? sources[source].Output : bound[_stages[output.Node]].OutputSchemas[output.Output];

    private void Connect(NodeOutput from, Edge edge)
    {
        if (!_consumers.TryGetValue(from, out var edges)) _consumers.Add(from, edges = []);
        edges.Add(edge);
    }
}
