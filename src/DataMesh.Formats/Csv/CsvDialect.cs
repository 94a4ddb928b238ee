using DataMesh.Formats.Text;

namespace DataMesh.Formats.Csv;

/// <summary>How one CSV file is written, with everything its decoder must know.</summary>
public sealed record CsvDialect
{
    /// <summary>Between fields.</summary>
    public byte Delimiter { get; init; } = (byte)',';

    /// <summary>Around fields that hold delimiters or line ends; 0 for none.</summary>
    public byte Quote { get; init; } = (byte)'"';

    /// <summary>Ends a record: line feed (a carriage return before it is dropped), or carriage return in files that have only those.</summary>
    public byte Terminator { get; init; } = (byte)'\n';

    /// <summary>Whether the first record holds the names.</summary>
    public bool HasHeader { get; init; } = true;

    /// <summary>False promises that no quoted field holds a line end.</summary>
    public bool QuotedNewlines { get; init; } = true;

    /// <summary>Lines that begin with these bytes are skipped; empty for none.</summary>
    public byte[] Comment { get; init; } = [];

    /// <summary>Unquoted texts that mean null.</summary>
    public IReadOnlyList<byte[]> NullValues { get; init; } = [];

    /// <summary>Position of the header record; -1 when there is none.</summary>
    public long HeaderStart { get; init; } = -1;

    /// <summary>Position of the first data record: behind the skipped lines and the header.</summary>
    public long DataStart { get; init; }

    /// <summary>Number of fields in a record.</summary>
    public int FieldCount { get; init; }

    /// <summary>How dates are written in the columns where they are not ISO 8601.</summary>
    public IReadOnlyDictionary<string, DateLayout> DateLayouts { get; init; } = new Dictionary<string, DateLayout>();

    /// <summary>Columns whose type was declared: a value that disagrees is bad, it does not widen the type.</summary>
    public IReadOnlySet<string> Declared { get; init; } = new HashSet<string>();

    /// <summary>The zone of times without one.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;
}
