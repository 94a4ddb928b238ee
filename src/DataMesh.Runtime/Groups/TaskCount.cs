using DataMesh.Core.Components;
using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Groups;

/// <summary>How many tasks a pipeline runs as.</summary>
/// <param name="Tasks">The tasks.</param>
/// <param name="IsTogether">Whether the tasks give each other rows, and so live in one process.</param>
public sealed record TaskCount(int Tasks, bool IsTogether)
{
    /// <summary>Counts.</summary>
    /// <param name="definition">The pipeline.</param>
    /// <param name="asked">The tasks asked for, when not by the pipeline file.</param>
    public static TaskCount Of(PipelineDefinition definition, int? asked = null) => new(Math.Max(asked ?? definition.Parallelism, 1), GiveRows(definition));

    private static bool GiveRows(PipelineDefinition definition) =>
        definition.Stages.Any(node => node.Stage.Order != StageOrder.Parallel) || definition.Sinks.Any(node => Upserting.UpsertOf(node) is not null || !node.Sink.TakesParts);
}
