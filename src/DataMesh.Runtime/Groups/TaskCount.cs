using DataMesh.Core.Components;
using DataMesh.Core.Pipelines;
using DataMesh.DataPlane.Stages;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Groups;

/// <summary>How many tasks a pipeline runs as, and why not as many as it asks for.</summary>
/// <param name="Tasks">The tasks.</param>
/// <param name="Because">Why it is one task although more are asked for, for people; null when it is as many as asked for.</param>
public sealed record TaskCount(int Tasks, string? Because)
{
    /// <summary>Whether the tasks give each other rows, and so live in one process.</summary>
    public bool IsTogether { get; init; }

    /// <summary>Counts.</summary>
    /// <param name="definition">The pipeline.</param>
    /// <param name="asked">The tasks asked for, when not by the pipeline file.</param>
    public static TaskCount Of(PipelineDefinition definition, int? asked = null)
    {
        var tasks = asked ?? definition.Parallelism;
        if (tasks <= 1) return new TaskCount(1, null);
        if (definition.Stages.FirstOrDefault(node => node.Stage is LimitStage) is { } limit)
            return new TaskCount(1, $"the stage '{limit.Id}' ({limit.Type}) ends the reading");
        if (definition.Sinks.FirstOrDefault(node => !node.Sink.TakesParts) is { } whole)
            return new TaskCount(1, $"'{whole.Id}' is written by one writer");
        return new TaskCount(tasks, null)
        {
            IsTogether = definition.Stages.Any(node => node.Stage.Order != StageOrder.Parallel) || definition.Sinks.Any(node => Upserting.UpsertOf(node) is not null),
        };
    }
}
