using DataMesh.Core.Components;
using DataMesh.Core.Pipelines;

namespace DataMesh.DataPlane.Graph;

/// <summary>Finds which source columns some stage or sink needs, so that decoders skip the others.</summary>
internal static class Projection
{
    /// <summary>Per source the names needed; null means all.</summary>
    public static IReadOnlySet<string>?[] Needed(PipelineDefinition definition, Wiring wiring, IReadOnlyList<BoundStage> bound)
    {
        var needs = new Dictionary<string, Need>();
        foreach (var sink in definition.Sinks) Of(needs, sink.Input.Node).Add(null);
        for (var i = definition.Stages.Count - 1; i >= 0; i--)
        {
            var stage = definition.Stages[i];
            var inputs = stage.Inputs.Count > 1 ? null : bound[i].RequiredInputs(Of(needs, stage.Id).Names);
            foreach (var input in stage.Inputs) Of(needs, input.Node).Add(inputs);
        }

        return [.. definition.Sources.Select(source => Of(needs, source.Id).Names)];
    }

    /// <summary>The plan with only the needed columns; the first column stands in where none is needed (counting rows).</summary>
    public static DecodePlan Narrow(DecodePlan plan, IReadOnlySet<string>? needed)
    {
        if (needed is null || plan.Schema.Count == 0) return plan;
        var columns = Enumerable.Range(0, plan.Schema.Count).Where(i => needed.Contains(plan.Schema[i].Name)).ToArray();
        if (columns.Length == 0) columns = [0];
        return columns.Length == plan.Schema.Count ? plan with { Columns = null } : plan with { Columns = columns };
    }

    private static Need Of(Dictionary<string, Need> needs, string id)
    {
        if (!needs.TryGetValue(id, out var need)) needs.Add(id, need = new Need());
        return need;
    }

    private sealed class Need
    {
        private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
        private bool _all;

        public IReadOnlySet<string>? Names => _all ? null : _names;

        public void Add(IReadOnlySet<string>? names)
        {
            if (names is null) _all = true;
            else _names.UnionWith(names);
        }
    }
}
