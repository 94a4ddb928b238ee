using System.Globalization;
using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Pipelines;

namespace DataMesh.Runtime.Hosting;

/// <summary>
/// Grains that live on one silo, under one lease with one fencing token: a pipeline with its sources and the coordinator of its tasks; each of several tasks;
/// each dataset.
/// </summary>
public static class GrainGroup
{
    private const string InstancePrefix = "instance:";
    private const string Task = "/task/";

    /// <summary>The pipeline and the number of the task that is a group of its own; null for other groups.</summary>
    public static (string Pipeline, int Number)? TaskOf(string group)
    {
        if (!group.StartsWith(InstancePrefix, StringComparison.Ordinal)) return null;
        var key = group[InstancePrefix.Length..];
        var at = key.LastIndexOf(Task, StringComparison.Ordinal);
        return at > 0 && int.TryParse(key.AsSpan(at + Task.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (key[..at], number) : null;
    }

    /// <summary>Whether a group moves to silos that have less to do, at a barrier: a pipeline, or one of several tasks.</summary>
    public static bool Moves(string group) => !group.Contains(':', StringComparison.Ordinal) || group.StartsWith(InstancePrefix, StringComparison.Ordinal);

    /// <summary>The group of a grain.</summary>
    public static string Of(GrainId id)
    {
        if (id.Kind == GrainKind.Dataset) return $"dataset:{id.Key}";
        if (id.Kind == GrainKind.Instance && id.Key.Contains(Task, StringComparison.Ordinal)) return InstancePrefix + id.Key;
        var isAlone = id.Kind == GrainKind.Stage && id.Key.Contains('/', StringComparison.Ordinal) && !id.Key.EndsWith("/task/0", StringComparison.Ordinal);
        return isAlone ? $"stage:{id.Key}" : PipelineOf(id)!;
    }

    /// <summary>The pipeline that a grain belongs to; null for a dataset, which belongs to its table.</summary>
    public static string? PipelineOf(GrainId id)
    {
        if (id.Kind == GrainKind.Dataset) return null;
        var end = id.Key.IndexOf('/', StringComparison.Ordinal);
        return end < 0 ? id.Key : id.Key[..end];
    }

    /// <summary>All groups that a pipeline may have.</summary>
    public static IReadOnlyList<string> AllOf(string pipeline) =>
        [.. Enumerable.Range(0, Core.Limits.ParallelismMax).Select(number => Of(PipelineMachine.InstanceOf(pipeline, number))).Prepend(pipeline).Distinct(StringComparer.Ordinal)];

    /// <summary>Whether a group belongs where the one asking for it lives, rather than where there is the least to do.</summary>
    public static bool IsNear(string group) => group.StartsWith("dataset:", StringComparison.Ordinal);
}
