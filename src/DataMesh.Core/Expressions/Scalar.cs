using System.Text;
using DataMesh.Core.Columns;

namespace DataMesh.Core.Expressions;

/// <summary>One typed value or null: a literal, or what a constant expression gave.</summary>
public sealed record Scalar
{
    private Scalar(DataType type) => Type = type;

    /// <summary>The type.</summary>
    public DataType Type { get; }

    /// <summary>Whether the value is null.</summary>
    public bool IsNull { get; private init; }

    /// <summary>The value of an int64, timestamp (µs), date (days) or bool (0 or 1).</summary>
    public long Long { get; private init; }

    /// <summary>The value of a float64.</summary>
    public double Double { get; private init; }

    /// <summary>The unscaled value of a decimal.</summary>
    public Int128 Decimal { get; private init; }

    /// <summary>The bytes of a string, json or binary.</summary>
    public byte[] Bytes { get; private init; } = [];

    /// <summary>The value of a bool.</summary>
    public bool Bool => Long != 0;

    /// <summary>The bytes as text.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>A null of <paramref name="type"/>.</summary>
    public static Scalar Null(DataType type) => new(type) { IsNull = true };

    /// <summary>A bool.</summary>
    public static Scalar Of(bool value) => new(DataType.Bool) { Long = value ? 1 : 0 };

    /// <summary>An int64.</summary>
    public static Scalar Of(long value) => new(DataType.Int64) { Long = value };

    /// <summary>A float64.</summary>
    public static Scalar Of(double value) => new(DataType.Float64) { Double = value };

    /// <summary>A string.</summary>
    public static Scalar Of(string value) => Of(DataType.String, Encoding.UTF8.GetBytes(value));

    /// <summary>A string, json or binary.</summary>
    public static Scalar Of(DataType type, byte[] value) => new(type) { Bytes = value };

    /// <summary>A decimal by its unscaled value.</summary>
    public static Scalar Of(DataType type, Int128 unscaled) => new(type) { Decimal = unscaled };

    /// <summary>A date by days since 1970-01-01.</summary>
    public static Scalar Date(int days) => new(DataType.Date) { Long = days };

    /// <summary>A timestamp by µs since 1970-01-01T00:00:00Z.</summary>
    public static Scalar Timestamp(long micros) => new(DataType.Timestamp) { Long = micros };

    /// <summary>The value at <paramref name="row"/> of a column.</summary>
    public static Scalar From(Column column, int row)
    {
        if (column.IsNull(row)) return Null(column.Type);
        return column switch
        {
            BoolColumn flags => Of(flags[row]),
            FixedColumn<long> longs => new Scalar(column.Type) { Long = longs[row] },
            FixedColumn<int> dates => Date(dates[row]),
            FixedColumn<double> doubles => Of(doubles[row]),
            FixedColumn<Int128> decimals => Of(column.Type, decimals[row]),
            VarColumn bytes => Of(column.Type, bytes[row].ToArray()),
            _ => throw new NotSupportedException(column.GetType().Name),
        };
    }

    /// <summary>A column of this value, <paramref name="length"/> times.</summary>
    public Column ToColumn(int length)
    {
        if (IsNull || Type.Kind == TypeKind.Null) return Column.Nulls(Type, length);
        switch (Type.Kind)
        {
            case TypeKind.Bool: return new BoolColumn(Bool ? Bitmap.Ones(length) : Bitmap.Zeros(length), null);
            case TypeKind.Int64 or TypeKind.Timestamp: return Repeat(Long, length);
            case TypeKind.Date: return Repeat((int)Long, length);
            case TypeKind.Float64: return Repeat(Double, length);
            case TypeKind.Decimal: return Repeat(Decimal, length);
        }

        var dictionary = new ValueDictionary(1);
        var codes = PooledBuffer.Rent<int>(length);
        codes.As<int>().Fill(dictionary.Add(Bytes));
        return new VarColumn(Type, codes, dictionary, length);
    }

    /// <summary>The canonical text; strings in quotes.</summary>
    public override string ToString()
    {
        if (IsNull) return "null";
        using var column = ToColumn(1);
        var text = ValueText.Format(column, 0)!;
        return Type.Kind == TypeKind.String ? $"'{text.Replace("'", "''", StringComparison.Ordinal)}'" : text;
    }

    private FixedColumn<T> Repeat<T>(T value, int length) where T : unmanaged
    {
        var buffer = PooledBuffer.Rent<T>(length);
        buffer.As<T>().Fill(value);
        return new FixedColumn<T>(Type, buffer, length);
    }
}
