using DataMesh.Core.Columns;

namespace DataMesh.Core.Drift;

/// <summary>A column as a source showed it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type that its values ask for; <c>null</c> while there were none.</param>
public sealed record ShapeColumn(string Name, DataType Type)
{
    /// <summary>The type before the last change of type: a return to it is a change too.</summary>
    public DataType? Before { get; init; }

    /// <summary>What single values asked for that did not fit the type; <c>null</c> when all fitted.</summary>
    public DataType Strays { get; init; } = DataType.Null;

    /// <summary>Whether it had a null.</summary>
    public bool HasNulls { get; init; }

    /// <summary>Whether records without a value in it were set aside, so that it still has none.</summary>
    public bool NullsAreSetAside { get; init; }

    /// <summary>By what kind of change it came; null for the columns that the first split had.</summary>
    public DriftKind? Came { get; init; }

    /// <summary>The column that it came from: the old name of one that looks renamed, the value that became an object.</summary>
    public string? From { get; init; }

    /// <summary>Whether the last split lacked it.</summary>
    public bool IsGone { get; init; }

    /// <summary>The column that looked like it when it went; null when none did.</summary>
    public string? GoneTo { get; init; }

    /// <summary>Whether it is read as text, because values of another type are left out or go into a column of their own.</summary>
    public bool IsLoose { get; init; }
}

/// <summary>The structure of a source, or of one of its splits: what drift is measured against.</summary>
/// <param name="Columns">The columns in their order; columns that are gone at the end.</param>
/// <param name="IsOrdered">Whether the order of the columns means something: in CSV with a header and in Parquet, not in JSON.</param>
public sealed record SourceShape(IReadOnlyList<ShapeColumn> Columns, bool IsOrdered)
{
    /// <summary>The order that was taken before splits came in another one that the policy sets aside; null when the last order was taken.</summary>
    public IReadOnlyList<string>? KeptOrder { get; init; }

    /// <summary>The columns that are there.</summary>
    public IEnumerable<ShapeColumn> Present => Columns.Where(each => !each.IsGone);

    /// <summary>A schema as a shape.</summary>
    public static SourceShape Of(Schema schema, bool isOrdered) => new([.. schema.Select(field => new ShapeColumn(field.Name, field.Type))], isOrdered);

    /// <summary>The column of a name (case ignored) if it is there.</summary>
    public ShapeColumn? FindPresent(string name) => Find(name) is { IsGone: false } column ? column : null;

    /// <summary>The column of a name (case ignored), gone or not; or null.</summary>
    public ShapeColumn? Find(string name) => Columns.FirstOrDefault(each => each.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>The structure of one split, from its head.</summary>
/// <param name="Shape">Its columns.</param>
/// <param name="HeaderAt">Position of the record that names the columns; -1 when nothing does.</param>
public sealed record SplitShape(SourceShape Shape, long HeaderAt)
{
    /// <summary>Whether there can be no further columns: false for JSON of which only the head was looked at, whose later records may have more members.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>Columns that are known not to come, although <see cref="IsComplete"/> is false: all of the split was read before.</summary>
    public IReadOnlyList<string> Absent { get; init; } = [];

    /// <summary>Whether a column that the head does not show may still come.</summary>
    public bool MayCome(ShapeColumn column) => !IsComplete && Shape.Find(column.Name) is null && !Absent.Contains(column.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The same without the types of columns that are declared: what is declared does not drift.</summary>
    public SplitShape Without(IReadOnlyDictionary<string, DataType> declared) => declared.Count == 0 ? this : this with
    {
        Shape = Shape with { Columns = [.. Shape.Columns.Select(column => declared.ContainsKey(column.Name) ? column with { Type = DataType.Null } : column)] },
    };
}

/// <summary>Where in a split something stands, for people.</summary>
/// <param name="Line">The line from 1; 0 where lines mean nothing.</param>
/// <param name="Text">The record's text, cut; null when there is none to show.</param>
public sealed record SplitPlace(long Line, string? Text)
{
    /// <summary>Nothing is known.</summary>
    public static SplitPlace Unknown { get; } = new(0, null);
}

/// <summary>One difference between two shapes, with what the policy says.</summary>
/// <param name="Kind">What kind.</param>
/// <param name="Column">The column; null for a change of order.</param>
/// <param name="Before">What it was.</param>
/// <param name="After">What it is.</param>
/// <param name="Decision">What the policy says.</param>
public sealed record DriftChange(DriftKind Kind, string? Column, string? Before, string? After, Pipelines.DriftAction Decision)
{
    /// <summary>Columns that are new by it.</summary>
    public IReadOnlyList<string> Added { get; init; } = [];
}
