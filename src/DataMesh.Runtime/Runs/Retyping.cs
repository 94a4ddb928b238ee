using DataMesh.Core.Columns;
using DataMesh.DataPlane.Graph;

namespace DataMesh.Runtime.Runs;

/// <summary>
/// Finds the columns of existing targets that have to become wider because a source's column did: those that the pipeline itself, without the stage that
/// conforms rows to the target, gives another type than it did with the narrower source column.
/// </summary>
internal static class Retyping
{
    /// <summary>Binds the pipeline to the sources as they were and as they are; throws when a stage does not fit the wider types.</summary>
    public static void Apply(PipelineRun run, SourcePlans plans)
    {
        if (run.IsCreating || run.ReplacesNext || !plans.Sources.Any(rules => rules.Narrow.Count > 0)) return;
        var definition = Upserting.Insert(run.Definition);
        var before = GraphBinder.Bind(definition, [.. plans.Sources.Select(rules => rules.PlanBefore)], run.Context);
        var now = GraphBinder.Bind(definition, plans.Plans, run.Context);
        for (var i = 0; i < now.Sinks.Count; i++)
        {
            if (i >= run.Recovered.Targets.Count || run.Recovered.Targets[i].Schema is not { } target) continue;
            var wider = new Dictionary<string, DataType>(StringComparer.OrdinalIgnoreCase);
            foreach (var field in now.Sinks[i].Schema)
            {
                if (!target.TryGet(field.Name, out var there) || !before.Sinks[i].Schema.TryGet(field.Name, out var was) || was.Type == field.Type || was.Type.Kind == TypeKind.Null) continue;
                var type = WidenedTypes.Join(there.Type, field.Type);
                if (type != there.Type && run.Definition.Sinks[i].Sink.CanRetype(field.Name, run.Context)) wider[there.Name] = type;
            }

            if (wider.Count > 0) run.Retype(i, new Schema(target.Select(field => wider.TryGetValue(field.Name, out var type) ? field with { Type = type } : field)), [.. wider.Keys]);
        }
    }
}
