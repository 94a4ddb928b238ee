using DataMesh.Core.Components;
using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Groups;

/// <summary>How many tasks a pipeline runs as.</summary>
/// <param name="Tasks">The tasks.</param>
/// <param name="GiveRows">Whether the tasks give each other rows.</param>
public sealed record TaskCount(int Tasks, bool GiveRows)
{
    /// <summary>Counts.</summary>
    /// <param name="definition">The pipeline.</param>
    /// <param name="asked">The tasks asked for, when not by the pipeline file.</param>
    public static TaskCount Of(PipelineDefinition definition, int? asked = null) => new(Math.Max(asked ?? definition.Parallelism, 1), NeedsExchange(definition));

    private static bool NeedsExchange(PipelineDefinition definition) =>
        definition.Stages.Any(node => node.Stage.Order != StageOrder.Parallel) || definition.Sinks.Any(node => Upserting.UpsertOf(node) is not null || !node.Sink.TakesParts);
}
