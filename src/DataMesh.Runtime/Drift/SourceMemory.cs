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
    /// <summary>The shapes before other splits that are read half: several tasks read several splits at once.</summary>
    public IReadOnlyDictionary<string, SourceShape?> BeforeOthers { get; init; } = new Dictionary<string, SourceShape?>();

    /// <summary>Nothing was read yet.</summary>
    public static SourceMemory Nothing { get; } = new(null, null, null, null);

    /// <summary>What earlier epochs left: their shape, or at least the columns that they decoded.</summary>
    public static SourceMemory From(StoredShape? stored, Schema? pinned)
    {
        if (stored is not null)
        {
            return new SourceMemory(
                StoredShapeColumn.ToShape(stored.Columns, stored.IsOrdered) with { KeptOrder = stored.KeptOrder }, stored.SetBy, stored.LastSplit,
                stored.BeforeLast is null ? null : StoredShapeColumn.ToShape(stored.BeforeLast, stored.IsOrdered))
            {
                BeforeOthers = stored.BeforeOthers?.ToDictionary(each => each.Split, each => each.Columns is null ? null : StoredShapeColumn.ToShape(each.Columns, stored.IsOrdered))
                    ?? new Dictionary<string, SourceShape?>(),
            };
        }

        if (pinned is null) return Nothing;
        var shape = SourceShape.Of(pinned, false);
        return new SourceMemory(shape with { Columns = [.. shape.Columns.Select(each => each with { HasNulls = true })] }, null, null, null);
    }

    /// <summary>For a manifest; null while nothing is known.</summary>
    public StoredShape? ToStored() => Shape is null ? null : new StoredShape(
        StoredShapeColumn.From(Shape), Shape.IsOrdered, SetBy, LastSplit, Shape.KeptOrder, BeforeLast is null ? null : StoredShapeColumn.From(BeforeLast))
    {
        BeforeOthers = BeforeOthers.Count == 0 ? null : [.. BeforeOthers.Select(each => new StoredBefore(each.Key, each.Value is null ? null : StoredShapeColumn.From(each.Value)))],
    };

    /// <summary>Whether a split was measured already, when it was opened first.</summary>
    public bool Knows(string split) => split == LastSplit || BeforeOthers.ContainsKey(split);

    /// <summary>Forgets splits that are not read half any more.</summary>
    public SourceMemory Keep(Func<string, bool> isOpen) =>
        BeforeOthers.Keys.All(isOpen) ? this : this with { BeforeOthers = BeforeOthers.Where(each => isOpen(each.Key)).ToDictionary() };

    /// <summary>
    /// Takes the next split in: what it is measured against, what changed, and what is known afterwards. A split that is read on is measured as when it
    /// was opened first.
    /// </summary>
    /// <param name="split">Its id.</param>
    /// <param name="look">What its head shows.</param>
    /// <param name="policy">The drift policy.</param>
    /// <param name="isOpen">Whether an earlier split is still being read; null where only one is read at a time.</param>
    public (SourceShape? Before, IReadOnlyList<DriftChange> Changes, SourceMemory After) Next(
        string split, SplitShape look, Core.Pipelines.DriftPolicy policy, Func<string, bool>? isOpen = null)
    {
        var isKnown = Knows(split);
        var before = split == LastSplit ? BeforeLast : BeforeOthers.TryGetValue(split, out var then) ? then : Shape;
        var shape = look.Shape;
        // What the head does not show may still come: it is not gone.
        if (!look.IsComplete && before is not null) shape = shape with { Columns = [.. shape.Columns, .. before.Columns.Where(look.MayCome)] };
        if (before is null) return isKnown ? (null, [], this) : (null, [], new SourceMemory(Shape ?? shape, SetBy ?? split, split, null) { BeforeOthers = WithLast(isOpen) });
        var changes = DriftDetector.Compare(before, shape, policy);
        return isKnown
            ? (before, changes, this)
            : (before, changes, new SourceMemory(DriftDetector.Follow(before, shape, changes), SetBy, split, before) { BeforeOthers = WithLast(isOpen) });
    }

    /// <summary>
    /// The shape that holds for a split once it is opened. One that is read on, while others were opened since, has the shape that it brought itself, not what
    /// those others brought; what is known of their columns is only not met again.
    /// </summary>
    public SourceShape ShapeAt(string split, SplitShape look, SourceShape? before, IReadOnlyList<DriftChange> changes)
    {
        if (split == LastSplit || !BeforeOthers.ContainsKey(split)) return Shape!;
        var own = before is null ? look.Shape : DriftDetector.Follow(before, look.Shape, changes);
        return own with
        {
            Columns =
            [
                .. own.Columns.Select(column => Shape!.Find(column.Name) is { } known
                    ? column with { HasNulls = column.HasNulls || known.HasNulls, NullsAreSetAside = known.NullsAreSetAside, IsLoose = known.IsLoose }
                    : column),
                .. Shape!.Columns.Where(known => own.Find(known.Name) is null).Select(known => known with { IsGone = false, GoneTo = null }),
            ],
        };
    }

    /// <summary>The split that was the last one so far may still be read.</summary>
    private IReadOnlyDictionary<string, SourceShape?> WithLast(Func<string, bool>? isOpen)
    {
        if (isOpen is null) return BeforeOthers;
        var others = BeforeOthers.Where(each => isOpen(each.Key)).ToDictionary();
        if (LastSplit is not null && isOpen(LastSplit)) others[LastSplit] = BeforeLast;
        return others;
    }
}
