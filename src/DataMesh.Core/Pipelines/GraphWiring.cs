using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines.Spec;

namespace DataMesh.Core.Pipelines;

/// <summary>Wires drafts into a graph: a line by default, <c>from</c> where it is given. Reports unknown ids, cycles and what nobody reads.</summary>
internal sealed class GraphWiring
{
    private readonly List<NodeDraft> _sources;
    private readonly List<NodeDraft> _stages;
    private readonly List<NodeDraft> _sinks;
    private readonly PipelineProblems _problems;
    private readonly Dictionary<string, NodeDraft> _readable;
    private readonly HashSet<NodeOutput> _read = [];

    public GraphWiring(List<NodeDraft> sources, List<NodeDraft> stages, List<NodeDraft> sinks, PipelineProblems problems)
    {
        (_sources, _stages, _sinks, _problems) = (sources, stages, sinks, problems);
        _readable = sources.Concat(stages).DistinctBy(draft => draft.Id).ToDictionary(draft => draft.Id);
    }

    /// <summary>The stages, each after what it reads from, and the sinks.</summary>
    public (IReadOnlyList<StageNode> Stages, IReadOnlyList<SinkNode> Sinks) Wire()
    {
        var stages = new List<StageNode>();
        for (var i = 0; i < _stages.Count; i++)
        {
            var draft = _stages[i];
            stages.Add(new StageNode(draft.Id, draft.Component.Name, (Stage)draft.Instance, InputsOf(draft, i == 0 ? null : _stages[i - 1]), draft.Location));
        }

        var sinks = new List<SinkNode>();
        foreach (var draft in _sinks)
        {
            var inputs = InputsOf(draft, _stages.Count == 0 ? null : _stages[^1]);
            if (inputs.Count > 0) sinks.Add(new SinkNode(draft.Id, draft.Component.Name, (Sink)draft.Instance, inputs[0], draft.Location));
        }

        var ordered = Order(stages);
        if (!_problems.HasErrors) ReportUnread();
        return (ordered, sinks);
    }

    private List<NodeOutput> InputsOf(NodeDraft draft, NodeDraft? before)
    {
        var inputs = draft.From is null ? InputByDefault(draft, before) : [.. draft.From.Select(Resolve).OfType<NodeOutput>()];
        _read.UnionWith(inputs);
        if (draft.From is { Count: > 1 } && !draft.Component.TakesSeveralInputs)
            _problems.Error($"'{draft.Component.Name}' reads one input, not {draft.From.Count}.", draft.From[1].Location, hint: "join them with a 'union' stage first");
        return inputs;
    }

    private List<NodeOutput> InputByDefault(NodeDraft draft, NodeDraft? before)
    {
        if (draft.FollowsGap) return [];
        if (before is not null)
        {
            if (before.Outputs.Count == 1) return [new NodeOutput(before.Id)];
            _problems.Error($"'{before.Id}' has several outputs: say which one '{draft.Id}' reads.", draft.Location, hint: $"for example 'from: {before.Id}.{before.Outputs[0]}'");
            return [];
        }

        if (_sources.Count == 1) return [new NodeOutput(_sources[0].Id)];
        if (_sources.Count > 1)
            _problems.Error($"There are several sources: say which one '{draft.Id}' reads.", draft.Location, hint: $"for example 'from: {_sources[0].Id}'");
        return [];
    }

    private NodeOutput? Resolve(SpecScalar from)
    {
        var parts = from.Text.Split('.', 2);
        if (!_readable.TryGetValue(parts[0], out var node))
        {
            _problems.Error($"There is no source or stage with the id '{parts[0]}'.", from.Location, hint: Nearest.Hint(parts[0], _readable.Keys));
            return null;
        }

        if (parts.Length == 1)
        {
            if (node.Outputs.Count == 1) return new NodeOutput(node.Id);
            _problems.Error($"'{node.Id}' has several outputs: say which one.", from.Location, hint: $"one of {string.Join(", ", node.Outputs.Select(name => $"{node.Id}.{name}"))}");
            return null;
        }

        for (var i = 0; i < node.Outputs.Count; i++)
        {
            if (node.Outputs[i] == parts[1]) return new NodeOutput(node.Id, i);
        }

        _problems.Error($"'{node.Id}' has no output '{parts[1]}'.", from.Location, hint: Nearest.Hint(parts[1], [.. node.Outputs]));
        return null;
    }

    private List<StageNode> Order(List<StageNode> stages)
    {
        var ordered = new List<StageNode>(stages.Count);
        var done = _sources.Select(source => source.Id).ToHashSet();
        var waiting = stages.ToList();
        while (waiting.Count > 0)
        {
            var ready = waiting.FirstOrDefault(stage => stage.Inputs.All(input => done.Contains(input.Node)));
            if (ready is null)
            {
                _problems.Error($"These stages read each other in a circle: {string.Join(", ", Circle(waiting))}.", waiting[0].Location, hint: "change one 'from'");
                return ordered;
            }

            waiting.Remove(ready);
            done.Add(ready.Id);
            ordered.Add(ready);
        }

        return ordered;
    }

    private static IEnumerable<string> Circle(List<StageNode> waiting)
    {
        var byId = waiting.DistinctBy(stage => stage.Id).ToDictionary(stage => stage.Id);
        var path = new List<string>();
        var at = waiting[0].Id;
        while (!path.Contains(at))
        {
            path.Add(at);
            at = byId[at].Inputs.First(input => byId.ContainsKey(input.Node)).Node;
        }

        return path.Skip(path.IndexOf(at)).Append(at);
    }

    private void ReportUnread()
    {
        foreach (var draft in _sources.Concat(_stages))
        {
            for (var i = 0; i < draft.Outputs.Count; i++)
            {
                if (_read.Contains(new NodeOutput(draft.Id, i))) continue;
                var kind = draft.Component.Kind == ComponentKind.Source ? "source" : "stage";
                if (draft.Outputs.Count > 1)
                    _problems.Warning($"Nothing reads the output '{draft.Id}.{draft.Outputs[i]}': its rows end there.", draft.Location, hint: "add a dataset with 'from', or leave it as it is to let them go");
                else
                    _problems.Error($"Nothing reads the {kind} '{draft.Id}'.", draft.Location, hint: $"name it in a 'from: {draft.Id}', or remove it");
            }
        }
    }
}
