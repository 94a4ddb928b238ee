using DataMesh.Core.Columns;
using DataMesh.Core.Drift;

namespace DataMesh.Runtime.Commit;

/// <summary>The structure of a source as a manifest keeps it, so that the next epoch measures drift against it.</summary>
/// <param name="Columns">The columns after the last split.</param>
/// <param name="IsOrdered">Whether their order means something.</param>
/// <param name="SetBy">The split that set the first shape: what it shows is no drift.</param>
/// <param name="LastSplit">The last split looked at.</param>
/// <param name="KeptOrder">The order that the policy keeps to, where the last one was another.</param>
/// <param name="BeforeLast">The columns before that split: what it is measured against when it is read on.</param>
public sealed record StoredShape(
    IReadOnlyList<StoredShapeColumn> Columns, bool IsOrdered, string? SetBy, string? LastSplit, IReadOnlyList<string>? KeptOrder,
    IReadOnlyList<StoredShapeColumn>? BeforeLast)
{
    /// <summary>What other splits that are read half are measured against; null when there are none.</summary>
    public IReadOnlyList<StoredBefore>? BeforeOthers { get; init; }
}

/// <summary>What a split that is read half was measured against when it was opened first.</summary>
/// <param name="Split">Its id.</param>
/// <param name="Columns">The columns of its source before it; null when it set the first shape.</param>
public sealed record StoredBefore(string Split, IReadOnlyList<StoredShapeColumn>? Columns);

/// <summary>A column of a <see cref="StoredShape"/>; members as in <see cref="ShapeColumn"/>.</summary>
public sealed record StoredShapeColumn(
    string Name, string Type, string? Before, string? Strays, bool HasNulls, bool NullsAreSetAside, DriftKind? Came, string? CameFrom, bool IsGone, string? GoneTo,
    bool IsLoose)
{
    /// <summary>Columns as they are stored.</summary>
    public static IReadOnlyList<StoredShapeColumn> From(SourceShape shape) => [.. shape.Columns.Select(each => new StoredShapeColumn(
        each.Name, each.Type.ToString(), each.Before?.ToString(), each.Strays.Kind == TypeKind.Null ? null : each.Strays.ToString(),
        each.HasNulls, each.NullsAreSetAside, each.Came, each.From, each.IsGone, each.GoneTo, each.IsLoose))];

    /// <summary>Stored columns as a shape.</summary>
    public static SourceShape ToShape(IReadOnlyList<StoredShapeColumn> columns, bool isOrdered) => new(
        [.. columns.Select(each => new ShapeColumn(each.Name, Parse(each.Type))
        {
            Before = each.Before is null ? null : Parse(each.Before),
            Strays = each.Strays is null ? DataType.Null : Parse(each.Strays),
            HasNulls = each.HasNulls,
            NullsAreSetAside = each.NullsAreSetAside,
            Came = each.Came,
            From = each.CameFrom,
            IsGone = each.IsGone,
            GoneTo = each.GoneTo,
            IsLoose = each.IsLoose,
        })], isOrdered);

    private static DataType Parse(string text) => DataType.TryParse(text, out var type) ? type : DataType.String;
}
