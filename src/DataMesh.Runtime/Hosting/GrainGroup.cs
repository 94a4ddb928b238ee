using DataMesh.ControlPlane.Grains;

namespace DataMesh.Runtime.Hosting;

/// <summary>
/// Grains that live on one silo, under one lease with one fencing token: a pipeline with its sources and its first task; each further task;
/// each dataset.
/// </summary>
public static class GrainGroup
{
    /// <summary>The group of a grain.</summary>
    public static string Of(GrainId id)
    {
        if (id.Kind == GrainKind.Dataset) return $"dataset:{id.Key}";
        var end = id.Key.IndexOf('/', StringComparison.Ordinal);
        if (end < 0) return id.Key;
        return id.Kind == GrainKind.Stage && !id.Key.EndsWith("/task/0", StringComparison.Ordinal) ? $"stage:{id.Key}" : id.Key[..end];
    }

    /// <summary>Whether a group belongs where the one asking for it lives, rather than where there is the least to do.</summary>
    public static bool IsNear(string group) => group.StartsWith("dataset:", StringComparison.Ordinal);
}
