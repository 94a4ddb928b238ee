using DataMesh.Core.Components;
using DataMesh.Core.Pipelines;
using DataMesh.DataPlane.Stages;

namespace DataMesh.Runtime.Runs;

/// <summary>Puts a conform stage before every sink whose table exists, so that rows fit the types that the table has for good.</summary>
internal static class Conforming
{
    public static PipelineDefinition Insert(PipelineDefinition definition, IReadOnlyList<TargetState> targets)
    {
        if (targets.All(target => target.Schema is null)) return definition;
        var stages = definition.Stages.ToList();
        var sinks = definition.Sinks.ToList();
        for (var i = 0; i < sinks.Count; i++)
        {
            if (targets[i].Schema is not { } schema) continue;
            var id = $"{sinks[i].Id}.conform";
            stages.Add(new StageNode(id, "conform", new ConformStage(schema), [sinks[i].Input], sinks[i].Location));
            sinks[i] = sinks[i] with { Input = new NodeOutput(id) };
        }

        return definition with { Stages = stages, Sinks = sinks };
    }
}
