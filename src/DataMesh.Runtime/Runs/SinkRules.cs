using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;

namespace DataMesh.Runtime.Runs;

/// <summary>How the sinks of one pipeline can contradict each other, or its trigger.</summary>
public static class SinkRules
{
    /// <summary>Every contradiction, with its place in the pipeline file.</summary>
    /// <param name="definition">The pipeline, or the sinks of a draft whose options are known to be right.</param>
    /// <param name="context">Surroundings.</param>
    /// <param name="repeats">Whether the run looks again for input until it is stopped.</param>
    /// <param name="rebuilds">Whether the run replaces the rows of every sink, whatever its mode.</param>
    public static IReadOnlyList<DataMeshException> Find(PipelineDefinition definition, ComponentContext context, bool repeats, bool rebuilds = false)
    {
        var found = new List<DataMeshException>();
        foreach (var paths in definition.Sinks.GroupBy(node => node.Sink.TargetPath(context)).Where(same => same.Count() > 1))
            found.Add(new DataMeshException($"Two sinks write to '{paths.Key}'.", paths.Last().Location, hint: "give each its own path, or put a union before one sink"));
        var replacing = definition.Sinks.FirstOrDefault(node => node.Sink.Replaces);
        var appending = definition.Sinks.FirstOrDefault(node => !node.Sink.Replaces);
        if (!rebuilds && replacing is not null && appending is not null) found.Add(new DataMeshException(
            $"'{replacing.Id}' replaces all of its rows with every run, '{appending.Id}' appends: one reading of the source can not serve both.",
            appending.Location, hint: "use the same mode for both, or make two pipelines"));
        if (repeats && definition.Trigger.Kind == TriggerKind.Continuous && replacing is not null) found.Add(new DataMeshException(
            $"'{replacing.Id}' replaces all of its rows with every look at the source, which a continuous pipeline never ends.", replacing.Location,
            hint: "use mode: append or upsert, or a trigger such as 'every 1h'"));
        return found;
    }
}
