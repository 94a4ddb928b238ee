using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;
using DataMesh.DataPlane.Stages;

namespace DataMesh.Runtime.Runs;

/// <summary>Puts a stage before every sink that upserts, so that an epoch brings each key once: with the last of its rows in source order.</summary>
public static class Upserting
{
    /// <summary>The pipeline with these stages.</summary>
    public static PipelineDefinition Insert(PipelineDefinition definition)
    {
        if (definition.Sinks.All(node => UpsertOf(node) is null)) return definition;
        var stages = definition.Stages.ToList();
        var sinks = definition.Sinks.ToList();
        for (var i = 0; i < sinks.Count; i++)
        {
            if (UpsertOf(sinks[i]) is not { } upsert) continue;
            var id = $"{sinks[i].Id}.latest";
            stages.Add(new StageNode(id, "latest", new LatestStage(upsert), [sinks[i].Input], sinks[i].Location));
            sinks[i] = sinks[i] with { Input = new NodeOutput(id) };
        }

        return definition with { Stages = stages, Sinks = sinks };
    }

    /// <summary>How a sink upserts; null when it does not. Throws when its options contradict each other.</summary>
    public static Upsert? UpsertOf(SinkNode node)
    {
        try
        {
            return node.Sink.Upsert;
        }
        catch (DataMeshException error) when (error.Location is null)
        {
            throw new DataMeshException(error.Message, node.Location, error.Detail, error.Hint, error);
        }
    }
}
