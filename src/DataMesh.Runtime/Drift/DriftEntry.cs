using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Drift;
using DataMesh.DataPlane.Flow;

namespace DataMesh.Runtime.Drift;

/// <summary>A split as the gate saw it when it was opened.</summary>
/// <param name="Source">Number of its source.</param>
/// <param name="Order">Its place among the splits of the run.</param>
/// <param name="Split">The split.</param>
/// <param name="Look">What its head shows.</param>
/// <param name="Before">What it is measured against; null for the split that sets the first shape.</param>
/// <param name="Now">The shape after it.</param>
public sealed record SplitView(int Source, int Order, Split Split, SplitShape Look, SourceShape? Before, SourceShape Now)
{
    /// <summary>What this split shows is no drift.</summary>
    public bool IsFirst { get; init; }
}

/// <summary>A change that was met in this epoch, before it is settled whether it is the first of its kind and where exactly it stands.</summary>
/// <param name="View">The split.</param>
/// <param name="IsValue">Whether a value showed it, and not the head of the split.</param>
/// <param name="Change">What changed, and the decision.</param>
/// <param name="At">When it was met.</param>
internal sealed record DriftEntry(SplitView View, bool IsValue, DriftChange Change, DateTimeOffset At)
{
    /// <summary>The type that values ask for now.</summary>
    public DataType Found { get; set; } = DataType.Null;

    /// <summary>The type that the column had.</summary>
    public DataType Expected { get; init; } = DataType.Null;

    /// <summary>What to look for to find the first record that shows it; null when the head's own place says it all.</summary>
    public FindingKind? Sought { get; init; }

    /// <summary>The column to look for.</summary>
    public string SoughtColumn => Change.Added.Count > 0 ? Change.Added[0] : Change.Column!;

    /// <summary>Position from which on it stands.</summary>
    public long From { get; init; }

    /// <summary>Position of the first record that shows it, once it is known.</summary>
    public long? Position { get; set; }

    /// <summary>The value that shows it, once it is known.</summary>
    public string? Shown { get; set; }

    /// <summary>What makes two entries the same.</summary>
    public (int, string, DriftKind, string?, string?) Key => (View.Source, View.Split.Id, Change.Kind, Change.Column, IsValue && Change.Kind == DriftKind.TypeChanged ? null : Change.After);
}
