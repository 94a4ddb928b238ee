using DataMesh.Core.Components;
using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Groups;

/// <summary>How many tasks a pipeline runs as, and why not as many as it asks for.</summary>
/// <param name="Tasks">The tasks.</param>
/// <param name="Because">Why it is one task although more are asked for, for people; null when it is as many as asked for.</param>
public sealed record TaskCount(int Tasks, string? Because)
{
    /// <summary>Counts.</summary>
    /// <param name="definition">The pipeline.</param>
    /// <param name="asked">The tasks asked for, when not by the pipeline file.</param>
    public static TaskCount Of(PipelineDefinition definition, int? asked = null)
    {
        var tasks = asked ?? definition.Parallelism;
        if (tasks <= 1) return new TaskCount(1, null);
        if (definition.Stages.FirstOrDefault(node => node.Stage.Order != StageOrder.Parallel) is { } ordered)
            return new TaskCount(1, $"the stage '{ordered.Id}' ({ordered.Type}) needs all rows in one place");
        if (definition.Sinks.FirstOrDefault(node => Upserting.UpsertOf(node) is not null) is { } upsert)
            return new TaskCount(1, $"'{upsert.Id}' is upserted, which needs the rows of a key in one place");
        if (definition.Sinks.FirstOrDefault(node => !node.Sink.TakesParts) is { } whole)
            return new TaskCount(1, $"'{whole.Id}' is written by one writer");
        return new TaskCount(tasks, null);
    }
}
