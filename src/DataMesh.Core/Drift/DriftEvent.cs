using DataMesh.Core.Pipelines;

namespace DataMesh.Core.Drift;

/// <summary>How a source changed its structure. Persisted by name: never rename one.</summary>
public enum DriftKind
{
    /// <summary>A column that was not there before.</summary>
    ColumnAdded,
    /// <summary>A column that is no longer there.</summary>
    ColumnRemoved,
    /// <summary>The same columns in another order.</summary>
    ColumnsReordered,
    /// <summary>A column went and another came in its place that looks like it.</summary>
    ColumnRenamed,
    /// <summary>Values that do not fit the type that the column had.</summary>
    TypeChanged,
    /// <summary>A value became an object or an array, or the other way round.</summary>
    ShapeChanged,
    /// <summary>Nulls in a column that had none.</summary>
    NullabilityChanged,
}

/// <summary>One change of structure, met once.</summary>
/// <param name="Kind">What kind of change.</param>
/// <param name="Source">Id of the source.</param>
/// <param name="Column">The column, or null for a change of all (order).</param>
/// <param name="Before">What it was, for people and programs: a type, a name, a list of names; null where there was nothing.</param>
/// <param name="After">What it is now; null where there is nothing.</param>
/// <param name="Split">The file in which it was met first.</param>
/// <param name="Line">Line of its first occurrence in that file from 1, or 0 where lines mean nothing.</param>
/// <param name="Position">Position of the first record that shows it, as the source counts positions; -1 when unknown.</param>
/// <param name="Evidence">The value or header that shows it, cut to a readable length; null when there is nothing to show.</param>
/// <param name="Decision">What the policy made of it.</param>
/// <param name="At">When it was met.</param>
public sealed record DriftEvent(
    DriftKind Kind, string Source, string? Column, string? Before, string? After, string Split, long Line, long Position, string? Evidence,
    DriftAction Decision, DateTimeOffset At);
