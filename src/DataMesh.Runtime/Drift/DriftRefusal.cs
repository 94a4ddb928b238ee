using DataMesh.Core.Components;
using DataMesh.Core.Drift;
using DataMesh.Core.Errors;

namespace DataMesh.Runtime.Drift;

/// <summary>The error of a run that its drift policy stops.</summary>
internal static class DriftRefusal
{
    /// <summary>Says what changed, where, and what to do about it.</summary>
    public static DataMeshException Of(DriftEvent drift)
    {
        var kind = Naming.SnakeCase(drift.Kind.ToString());
        return new DataMeshException(
            $"{Sentence(drift)}.",
            new Location(drift.Split, (int)Math.Min(drift.Line, int.MaxValue)),
            $"before: {drift.Before ?? "nothing"}; after: {drift.After ?? "nothing"}; evidence: {drift.Evidence ?? "none"}. "
                + $"The drift policy says fail on {kind}: nothing of this epoch was committed.",
            Hint(drift, kind));
    }

    /// <summary>What happened, in a sentence without its end.</summary>
    public static string Sentence(DriftEvent drift) => drift.Kind switch
    {
        DriftKind.ColumnAdded => $"The new column '{drift.Column}' appeared",
        DriftKind.ColumnRemoved => $"The column '{drift.Column}' is gone",
        DriftKind.ColumnsReordered => "The columns stand in another order",
        DriftKind.ColumnRenamed => $"The column '{drift.Before}' is gone, and '{drift.After}' looks like it under a new name",
        DriftKind.TypeChanged => $"The column '{drift.Column}' changed from {drift.Before} to {drift.After}",
        DriftKind.ShapeChanged => $"The column '{drift.Column}' changed its shape from {drift.Before} to {drift.After}",
        _ => $"The column '{drift.Column}' has its first value missing",
    };

    private static string Hint(DriftEvent drift, string kind)
    {
        var allow = drift.Column is null
            ? $"drift: {{ overrides: {{ {kind}: evolve }} }}"
            : $"drift: {{ columns: {{ '{drift.Column}': {{ {kind}: evolve }} }} }}";
        return drift.Kind == DriftKind.ColumnRenamed
            ? $"if it was renamed, add the stage '- rename: {{ '{drift.After}': '{drift.Before}' }}' and allow it with '{allow}'; else repair the file"
            : $"repair the file, or allow the change with '{allow}' (or quarantine, or ignore)";
    }
}
