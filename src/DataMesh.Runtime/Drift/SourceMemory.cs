using DataMesh.Core.Columns;
using DataMesh.Core.Drift;
using DataMesh.Runtime.Commit;

namespace DataMesh.Runtime.Drift;

/// <summary>What is known of a source's structure between two splits.</summary>
/// <param name="Shape">Its shape after the last split looked at.</param>
/// <param name="SetBy">The split that set the first shape; null when that was before shapes were kept.</param>
/// <param name="LastSplit">The last split looked at.</param>
/// <param name="BeforeLast">The shape before that split.</param>
public sealed record SourceMemory(SourceShape? Shape, string? SetBy, string? LastSplit, SourceShape? BeforeLast)
{
    /// <summary>Nothing was read yet.</summary>
    public static SourceMemory Nothing { get; } = new(null, null, null, null);

    /// <summary>What earlier epochs left: their shape, or at least the columns that they decoded.</summary>
    public static SourceMemory From(StoredShape? stored, Schema? pinned)
    {
        if (stored is not null)
        {
            return new SourceMemory(
                StoredShapeColumn.ToShape(stored.Columns, stored.IsOrdered) with { KeptOrder = stored.KeptOrder }, stored.SetBy, stored.LastSplit,
                stored.BeforeLast is null ? null : StoredShapeColumn.ToShape(stored.BeforeLast, stored.IsOrdered));
        }

        if (pinned is null) return Nothing;
        var shape = SourceShape.Of(pinned, false);
        return new SourceMemory(shape with { Columns = [.. shape.Columns.Select(each => each with { HasNulls = true })] }, null, null, null);
    }

    /// <summary>For a manifest; null while nothing is known.</summary>
    public StoredShape? ToStored() => Shape is null ? null : new StoredShape(
        StoredShapeColumn.From(Shape), Shape.IsOrdered, SetBy, LastSplit, Shape.KeptOrder, BeforeLast is null ? null : StoredShapeColumn.From(BeforeLast));

    /// <summary>
    /// Takes the next split in: what it is measured against, what changed, and what is known afterwards. A split that is read on is measured as when it
    /// was opened first.
    /// </summary>
    public (SourceShape? Before, IReadOnlyList<DriftChange> Changes, SourceMemory After) Next(string split, SplitShape look, Core.Pipelines.DriftPolicy policy)
    {
        var before = split == LastSplit ? BeforeLast : Shape;
        var shape = look.Shape;
        // What the head does not show may still come: it is not gone.
        if (!look.IsComplete && before is not null) shape = shape with { Columns = [.. shape.Columns, .. before.Columns.Where(each => shape.Find(each.Name) is null)] };
        if (before is null) return (null, [], new SourceMemory(Shape ?? shape, SetBy ?? split, split, null));
        var changes = DriftDetector.Compare(before, shape, policy);
        return split == LastSplit ? (before, changes, this) : (before, changes, new SourceMemory(DriftDetector.Follow(before, shape, changes), SetBy, split, before));
    }
}
