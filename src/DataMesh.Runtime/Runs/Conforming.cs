using DataMesh.Core.Columns;
using DataMesh.Core.Pipelines;
using DataMesh.DataPlane.Stages;

namespace DataMesh.Runtime.Runs;

/// <summary>Puts a conform stage before every sink whose table exists, so that rows fit the types that the table has for good.</summary>
internal static class Conforming
{
    /// <param name="definition">The pipeline.</param>
    /// <param name="schemas">The schema of each sink's table; null for one that does not exist, or whose types still follow the rows.</param>
    public static PipelineDefinition Insert(PipelineDefinition definition, IReadOnlyList<Schema?> schemas)
    {
        if (schemas.All(schema => schema is null)) return definition;
        var stages = definition.Stages.ToList();
        var sinks = definition.Sinks.ToList();
        for (var i = 0; i < sinks.Count; i++)
        {
            if (schemas[i] is not { } schema) continue;
            var id = $"{sinks[i].Id}.conform";
            stages.Add(new StageNode(id, "conform", new ConformStage(schema), [sinks[i].Input], sinks[i].Location));
            sinks[i] = sinks[i] with { Input = new NodeOutput(id) };
        }

        return definition with { Stages = stages, Sinks = sinks };
    }
}
