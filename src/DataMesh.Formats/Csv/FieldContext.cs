using DataMesh.Core.Columns;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Csv;

/// <summary>What a column of one file needs to know to read its fields.</summary>
internal sealed class FieldContext
{
    private byte[] _scratch = [];

    /// <summary>Makes the context of one column of a file.</summary>
    public FieldContext(string name, int field, CsvDialect dialect)
    {
        Name = name;
        Field = field;
        Quote = dialect.Quote;
        NullValues = [.. dialect.NullValues];
        Layout = dialect.DateLayouts.TryGetValue(name, out var layout) ? layout : DateLayout.Iso;
        Zone = new ZoneOffsets(dialect.TimeZone);
        IsDeclared = dialect.Declared.Contains(name);
        foreach (var each in NullValues) NullLengths |= 1UL << (each.Length & 63);
    }

    /// <summary>The column's name.</summary>
    public string Name { get; }

    /// <summary>Its place in the file's records.</summary>
    public int Field { get; }

    /// <summary>Whether its type was declared, so that it does not widen.</summary>
    public bool IsDeclared { get; }

    /// <summary>The quote character, 0 for none.</summary>
    public byte Quote { get; }

    /// <summary>Unquoted texts that mean null.</summary>
    public byte[][] NullValues { get; }

    /// <summary>Bit (n modulo 64) is set when a field of n bytes may be one of <see cref="NullValues"/>, so that most fields need no closer look.</summary>
    public ulong NullLengths { get; }

    /// <summary>How dates are written.</summary>
    public DateLayout Layout { get; }

    /// <summary>The zone of times without one.</summary>
    public ZoneOffsets Zone { get; }

    /// <summary>The value of a raw field. Null when it is missing: empty or a null text, not quoted.</summary>
    public FieldValue Read(ReadOnlySpan<byte> field)
    {
        if (field.IsEmpty) return default;
        if (Quote != 0 && field[0] == Quote) return new FieldValue(CsvScalar.Unquote(field, Quote, ref _scratch), true);
        foreach (var each in NullValues)
            if (field.SequenceEqual(each)) return default;
        return new FieldValue(field, false);
    }

    /// <summary>The type that a value would have by itself.</summary>
    public DataType TypeOf(ReadOnlySpan<byte> value) => ValueTypes.Of(value, Layout);
}

/// <summary>A field's value.</summary>
internal readonly ref struct FieldValue(ReadOnlySpan<byte> bytes, bool isQuoted)
{
    /// <summary>The value without quotes.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>Whether it stood in quotes.</summary>
    public bool IsQuoted { get; } = isQuoted;

    /// <summary>Whether the field is missing.</summary>
    public bool IsNull => Bytes.IsEmpty && !IsQuoted;
}
