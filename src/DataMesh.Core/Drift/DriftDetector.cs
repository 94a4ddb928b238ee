using DataMesh.Core.Columns;
using DataMesh.Core.Pipelines;

namespace DataMesh.Core.Drift;

/// <summary>
/// Finds what changed between the shape that a source had and the shape of its next split. A pure function of the two shapes and the policy.
/// </summary>
public static class DriftDetector
{
    private const int NamesShownMax = 40;

    /// <summary>The changes, in the order of the columns: first what came and went, then order, then what changed in place.</summary>
    public static IReadOnlyList<DriftChange> Compare(SourceShape before, SourceShape after, DriftPolicy policy)
    {
        var gone = before.Present.Where(each => after.FindPresent(each.Name) is null).ToList();
        var come = after.Present.Where(each => before.FindPresent(each.Name) is null).ToList();
        var changes = new List<DriftChange>();
        changes.AddRange(ShapeChanges(gone, come, before, after, policy));
        // A column that was there before comes back: it is no new name of another.
        var unknown = come.Where(each => before.Find(each.Name) is null).ToList();
        foreach (var (old, now) in LikelyRenames.Find(before, after, gone, unknown))
        {
            gone.Remove(old);
            come.Remove(now);
            changes.Add(new DriftChange(DriftKind.ColumnRenamed, old.Name, old.Name, now.Name, policy.ActionOn(DriftKind.ColumnRenamed, old.Name, now.Name)) { Added = [now.Name] });
        }

        changes.AddRange(gone.Select(each =>
            new DriftChange(DriftKind.ColumnRemoved, each.Name, each.Type.ToString(), null, policy.ActionOn(DriftKind.ColumnRemoved, each.Name))));
        changes.AddRange(come.Select(each =>
            new DriftChange(DriftKind.ColumnAdded, each.Name, null, each.Type.ToString(), policy.ActionOn(DriftKind.ColumnAdded, each.Name)) { Added = [each.Name] }));
        if (OrderChange(before, after, policy) is { } order) changes.Add(order);
        changes.AddRange(TypeChanges(before, after, policy));
        return changes;
    }

    /// <summary>
    /// The shape that the split after this one is measured against: the columns of <paramref name="after"/>, each with the widest type known, and those that
    /// are gone. A column that holds only nulls for once keeps its type; what is known of nulls stays.
    /// </summary>
    public static SourceShape Follow(SourceShape before, SourceShape after, IReadOnlyList<DriftChange> changes) => after with
    {
        Columns =
        [
            .. after.Present.Select(now => before.Find(now.Name) is { } old ? Follow(old, now) : Came(now, changes)),
            .. before.Columns.Where(old => after.FindPresent(old.Name) is null).Select(old => old.IsGone ? old : Gone(old, changes)),
        ],
        KeptOrder = OrderAfter(before, after, changes),
    };

    /// <summary>Whether records of a split with this shape are set aside because of a column that it lacks, or of its order; the rule and what is wrong.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="isTaken">Whether a column was taken in: one that never was is not missed.</param>
    public static (string Rule, string Detail)? Diverts(SourceShape shape, DriftPolicy policy, Func<string, bool> isTaken)
    {
        var gone = shape.Columns.FirstOrDefault(each => each is { IsGone: true, GoneTo: null } && isTaken(each.Name) && policy.ActionOn(DriftKind.ColumnRemoved, each.Name) == DriftAction.Quarantine);
        if (gone is not null) return ($"column_removed: {gone.Name}", $"the file has no column '{gone.Name}' any more");
        return shape.KeptOrder is { } order && policy.ActionOn(DriftKind.ColumnsReordered, null) == DriftAction.Quarantine
            ? ("columns_reordered", $"the file's columns do not stand in the order {Names(order)}")
            : null;
    }

    /// <summary>What the policy says about a column that is not among those that the first split had.</summary>
    public static DriftAction ActionOnNew(ShapeColumn column, DriftPolicy policy) => column.Came switch
    {
        null => DriftAction.Evolve,
        DriftKind.ColumnRenamed => policy.ActionOn(DriftKind.ColumnRenamed, column.From, column.Name),
        DriftKind.ShapeChanged => policy.ActionOn(DriftKind.ShapeChanged, column.From),
        _ => policy.ActionOn(DriftKind.ColumnAdded, column.Name),
    };

    /// <summary>A column that no head showed: new, or inside of one that was a plain value.</summary>
    public static ShapeColumn Came(string name, DataType type, SourceShape before)
    {
        var from = before.Columns.FirstOrDefault(each => IsInside(name, each.Name));
        return new ShapeColumn(name, type) { Came = from is null ? DriftKind.ColumnAdded : DriftKind.ShapeChanged, From = from?.Name };
    }

    private static ShapeColumn Came(ShapeColumn now, IReadOnlyList<DriftChange> changes)
    {
        var by = changes.FirstOrDefault(each => each.Added.Contains(now.Name, StringComparer.OrdinalIgnoreCase));
        return now with { Came = by?.Kind ?? DriftKind.ColumnAdded, From = by?.Kind is DriftKind.ColumnRenamed or DriftKind.ShapeChanged ? by.Column : null };
    }

    /// <summary>Whether a column that had type <paramref name="before"/> changed when values ask for <paramref name="now"/>.</summary>
    public static bool IsChange(ShapeColumn before, DataType now)
    {
        if (now.Kind == TypeKind.Null || before.Type.Kind == TypeKind.Null || now == before.Type) return false;
        // Single values of that type were met, and told, before.
        if (TypeLattice.Join(before.Strays, now) == before.Strays && before.Strays.Kind != TypeKind.Null) return false;
        if (before.Before == now) return true;
        if (before.Type.Kind == TypeKind.Decimal && now.Kind is TypeKind.Int64 or TypeKind.Float64) return false;
        return TypeLattice.Join(before.Type, now) != before.Type || IsNested(before.Type) != IsNested(now);
    }

    /// <summary>Type or shape: whether a value became nested, or stopped being so.</summary>
    public static DriftKind KindOf(DataType before, DataType now) => IsNested(before) == IsNested(now) ? DriftKind.TypeChanged : DriftKind.ShapeChanged;

    private static ShapeColumn Gone(ShapeColumn old, IReadOnlyList<DriftChange> changes) => old with
    {
        IsGone = true,
        GoneTo = changes.FirstOrDefault(each => each.Kind is DriftKind.ColumnRenamed or DriftKind.ShapeChanged && each.Column == old.Name)?.After,
    };

    private static IReadOnlyList<string>? OrderAfter(SourceShape before, SourceShape after, IReadOnlyList<DriftChange> changes)
    {
        var kept = before.KeptOrder;
        if (changes.Any(each => each is { Kind: DriftKind.ColumnsReordered, Decision: DriftAction.Quarantine })) kept ??= [.. before.Present.Select(each => each.Name)];
        if (kept is null) return null;
        var now = after.Present.Select(each => each.Name).Where(name => kept.Contains(name, StringComparer.OrdinalIgnoreCase));
        return now.SequenceEqual(kept.Where(name => after.FindPresent(name) is not null), StringComparer.OrdinalIgnoreCase) ? null : kept;
    }

    private static ShapeColumn Follow(ShapeColumn old, ShapeColumn now)
    {
        var merged = old with { HasNulls = old.HasNulls || now.HasNulls, IsGone = false, GoneTo = null };
        if (!IsChange(old, now.Type)) return old.Type.Kind == TypeKind.Null ? merged with { Type = now.Type } : merged;
        // A type that only grew (int64 to float64) is not changed back by values that need less; any other can be.
        var grew = !IsNested(old.Type) && now.Type.Kind != TypeKind.String && TypeLattice.Join(old.Type, now.Type) == now.Type;
        return merged with { Type = now.Type, Before = grew ? null : old.Type, Strays = DataType.Null };
    }

    private static bool IsNested(DataType type) => type.Kind == TypeKind.Json;

    private static IEnumerable<DriftChange> TypeChanges(SourceShape before, SourceShape after, DriftPolicy policy)
    {
        foreach (var now in after.Present)
        {
            if (before.FindPresent(now.Name) is not { } old || !IsChange(old, now.Type)) continue;
            var kind = KindOf(old.Type, now.Type);
            yield return new DriftChange(kind, now.Name, old.Type.ToString(), now.Type.ToString(), policy.ActionOn(kind, now.Name));
        }
    }

    /// <summary>A value that became an object shows as its column gone and dotted ones come; the other way round too.</summary>
    private static List<DriftChange> ShapeChanges(List<ShapeColumn> gone, List<ShapeColumn> come, SourceShape before, SourceShape after, DriftPolicy policy)
    {
        var changes = new List<DriftChange>();
        foreach (var old in before.Present.ToList())
        {
            var inner = come.Where(each => IsInside(each.Name, old.Name)).ToList();
            if (inner.Count == 0) continue;
            gone.Remove(old);
            come.RemoveAll(inner.Contains);
            changes.Add(ShapeChange(old.Name, old.Type.ToString(), Members(inner, old.Name), policy, inner));
        }

        foreach (var now in after.Present.Where(come.Contains).ToList())
        {
            var inner = gone.Where(each => IsInside(each.Name, now.Name)).ToList();
            if (inner.Count == 0) continue;
            come.Remove(now);
            gone.RemoveAll(inner.Contains);
            changes.Add(ShapeChange(now.Name, Members(inner, now.Name), now.Type.ToString(), policy, [now]));
        }

        return changes;
    }

    private static DriftChange ShapeChange(string column, string before, string after, DriftPolicy policy, List<ShapeColumn> added) =>
        new(DriftKind.ShapeChanged, column, before, after, policy.ActionOn(DriftKind.ShapeChanged, column)) { Added = [.. added.Select(each => each.Name)] };

    private static bool IsInside(string column, string path) =>
        column.Length > path.Length && column[path.Length] == '.' && column.StartsWith(path, StringComparison.OrdinalIgnoreCase);

    private static string Members(List<ShapeColumn> inner, string path) => $"object with {Names(inner.Select(each => each.Name[(path.Length + 1)..]))}";

    private static DriftChange? OrderChange(SourceShape before, SourceShape after, DriftPolicy policy)
    {
        if (!before.IsOrdered || !after.IsOrdered) return null;
        var were = before.Present.Where(each => after.FindPresent(each.Name) is not null).Select(each => each.Name).ToList();
        var are = after.Present.Where(each => before.FindPresent(each.Name) is not null).Select(each => each.Name).ToList();
        return were.SequenceEqual(are, StringComparer.OrdinalIgnoreCase)
            ? null
            : new DriftChange(DriftKind.ColumnsReordered, null, Names(were), Names(are), policy.ActionOn(DriftKind.ColumnsReordered, null));
    }

    private static string Names(IEnumerable<string> names)
    {
        var all = names.ToList();
        return string.Join(", ", all.Take(NamesShownMax)) + (all.Count > NamesShownMax ? $" and {all.Count - NamesShownMax} more" : "");
    }
}
