using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Flow;

/// <summary>What rows showed that the plan did not foresee and that the epoch can live with.</summary>
public enum FindingKind
{
    /// <summary>A column that the plan does not know: left out.</summary>
    Unknown,
    /// <summary>A value that does not fit its column's type.</summary>
    Misfit,
    /// <summary>A null.</summary>
    Null,
}

/// <summary>Names a split of a run.</summary>
/// <param name="Source">Number of its source in the graph.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">The file, for people.</param>
public sealed record SplitName(int Source, string Id, string Name);

/// <summary>One kind of surprise in one block: its first occurrence.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Split">The split being read.</param>
/// <param name="Column">The column.</param>
/// <param name="Found">The type that the value asks for.</param>
/// <param name="Position">Position of the first record that shows it; null when only its block is known.</param>
/// <param name="BlockAt">Position of its block.</param>
/// <param name="Shown">The value, cut; null when there is nothing to show.</param>
public sealed record Finding(FindingKind Kind, SplitName Split, string Column, DataType Found, long? Position, long BlockAt, string? Shown);

/// <summary>Judges findings in source order while an epoch is read.</summary>
public interface IDriftWatch
{
    /// <summary>
    /// Takes a finding in. Returns what the epoch has to start again with, or null to go on; throws to stop the run.
    /// </summary>
    ValueTask<Widening?> MeetAsync(Finding finding);
}
