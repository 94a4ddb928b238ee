using DataMesh.Core.Columns;
using DataMesh.Core.Storage;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>One value of any type, or null: bytes of text and binary, everything else as a number.</summary>
internal readonly struct PickedValue : IComparable<PickedValue>
{
    private readonly Int128 _number;
    private readonly byte[]? _text;

    private PickedValue(Int128 number, byte[]? text) => (Any, _number, _text) = (true, number, text);

    /// <summary>Whether it is not null.</summary>
    public bool Any { get; }

    /// <summary>Memory held besides the value itself.</summary>
    public long ByteSize => _text is null ? 0 : _text.Length + 24;

    /// <summary>The value of a row, bit by bit.</summary>
    public static PickedValue Of(Column column, int row) => column.IsNull(row) ? default
        : column is VarColumn texts ? new PickedValue(0, texts[row].ToArray())
        : new PickedValue(column is FixedColumn<double> doubles ? BitConverter.DoubleToInt64Bits(doubles[row]) : Sortable(column, row), null);

    /// <summary>The value of a row as something to sort by.</summary>
    public static PickedValue Key(Column column, int row) => column.IsNull(row) ? default
        : column is VarColumn texts ? new PickedValue(0, texts[row].ToArray())
        : new PickedValue(Sortable(column, row), null);

    /// <summary>A number that sorts as the value of a row does; NaN is larger than every number.</summary>
    public static Int128 Sortable(Column column, int row) => column switch
    {
        FixedColumn<long> values => values[row],
        FixedColumn<double> values => Sortable(values[row]),
        FixedColumn<int> values => values[row],
        FixedColumn<Int128> values => values[row],
        BoolColumn flags => flags[row] ? 1 : 0,
        _ => throw new NotSupportedException($"{column.Type} can not be sorted by."),
    };

    public int CompareTo(PickedValue other) => _text is null ? _number.CompareTo(other._number) : _text.AsSpan().SequenceCompareTo(other._text);

    /// <summary>Appends it to a column of its type.</summary>
    public void AppendTo(ColumnBuilder column)
    {
        if (!Any) column.AppendNull();
        else if (_text is not null) column.Append(_text);
        else if (column.Type.Kind == TypeKind.Float64) column.Append(BitConverter.Int64BitsToDouble((long)_number));
        else if (column.Type.Kind == TypeKind.Bool) column.Append(_number != 0);
        else if (column.Type.Kind == TypeKind.Decimal) column.Append(_number);
        else column.Append((long)_number);
    }

    /// <summary>Writes it into a state file.</summary>
    public void Write(StateWriter writer)
    {
        writer.Byte((byte)(!Any ? 0 : _text is null ? 1 : 2));
        if (_text is not null) writer.Bytes(_text);
        else if (Any) writer.Int128(_number);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static PickedValue Read(StateReader reader) => reader.Byte() switch
    {
        0 => default,
        1 => new PickedValue(reader.Int128(), null),
        2 => new PickedValue(0, reader.Bytes()),
        _ => throw new FormatException("A value is of an unknown kind."),
    };

    private static Int128 Sortable(double value)
    {
        if (double.IsNaN(value)) return long.MaxValue;
        var bits = BitConverter.DoubleToInt64Bits(value == 0 ? 0 : value);
        return bits ^ ((bits >> 63) & long.MaxValue);
    }
}
