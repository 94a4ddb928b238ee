using System.Globalization;
using System.Text;

namespace DataMesh.Core.Columns;

/// <summary>
/// Builds a column value by value: for tests, small data and slow paths. Hot loops fill <see cref="PooledBuffer"/>s directly.
/// </summary>
public sealed class ColumnBuilder
{
    private readonly PooledBuffer _values = PooledBuffer.Rent(64);
    private readonly PooledBuffer _data = PooledBuffer.Rent(0);
    private readonly List<bool> _valid = [];
    private bool _hasNulls;

    /// <summary>A builder of columns of <paramref name="type"/>.</summary>
    public ColumnBuilder(DataType type)
    {
        Type = type;
        _values.SetLength(0);
        _data.SetLength(0);
        if (type.IsVariable) Append32(0);
    }

    /// <summary>The type of the column.</summary>
    public DataType Type { get; }

    /// <summary>Values so far.</summary>
    public int Count => _valid.Count;

    /// <summary>Appends a null.</summary>
    public void AppendNull()
    {
        _hasNulls = true;
        _valid.Add(false);
        if (Type.IsVariable) Append32(_data.Length);
        else if (Type.Width > 0) _values.SetLength(_values.Length + Type.Width);
        else if (Type.Kind == TypeKind.Bool) AppendByte(0);
    }

    /// <summary>Appends to a bool column.</summary>
    public void Append(bool value)
    {
        Expect(TypeKind.Bool);
        AppendByte(value ? (byte)1 : (byte)0);
        _valid.Add(true);
    }

    /// <summary>Appends to an int64, timestamp (µs) or date (days) column.</summary>
    public void Append(long value)
    {
        if (Type.Kind == TypeKind.Date) Append32(checked((int)value));
        else
        {
            if (Type.Kind != TypeKind.Timestamp) Expect(TypeKind.Int64);
            AppendRaw(value);
        }

        _valid.Add(true);
    }

    /// <summary>Appends to a float64 column.</summary>
    public void Append(double value)
    {
        Expect(TypeKind.Float64);
        AppendRaw(value);
        _valid.Add(true);
    }

    /// <summary>Appends an unscaled value to a decimal column.</summary>
    public void Append(Int128 value)
    {
        Expect(TypeKind.Decimal);
        AppendRaw(value);
        _valid.Add(true);
    }

    /// <summary>Appends bytes to a string, json or binary column.</summary>
    public void Append(ReadOnlySpan<byte> value)
    {
        if (!Type.IsVariable) throw new InvalidOperationException($"Bytes do not fit {Type.WithArticle()} column.");
        var at = _data.Length;
        _data.SetLength(checked(at + value.Length));
        value.CopyTo(_data.Span[at..]);
        Append32(_data.Length);
        _valid.Add(true);
    }

    /// <summary>Appends text to a string or json column.</summary>
    public void Append(string value) => Append(Encoding.UTF8.GetBytes(value));

    /// <summary>Appends a boxed value that fits the type: null, bool, int, long, double, decimal (scaled), string, byte[], DateOnly, DateTime.</summary>
    public void AppendObject(object? value)
    {
        switch (value)
        {
            case null: AppendNull(); break;
            case bool flag: Append(flag); break;
            case DateOnly date: Append(date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber); break;
            case DateTime time: Append((time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond); break;
            case string text: Append(text); break;
            case byte[] bytes: Append(bytes); break;
            case decimal number when Type.Kind == TypeKind.Decimal: Append((Int128)(number * (decimal)Math.Pow(10, Type.Scale))); break;
            case Int128 unscaled: Append(unscaled); break;
            case IConvertible number when Type.Kind == TypeKind.Float64: Append(number.ToDouble(CultureInfo.InvariantCulture)); break;
            case IConvertible number: Append(number.ToInt64(CultureInfo.InvariantCulture)); break;
            default: throw new ArgumentException($"A {value.GetType().Name} does not fit {Type.WithArticle()} column.");
        }
    }

    /// <summary>The finished column. The builder must not be used afterwards.</summary>
    public Column Build()
    {
        Bitmap? validity = null;
        if (_hasNulls)
        {
            validity = Bitmap.Zeros(Count);
            for (var i = 0; i < Count; i++)
                if (_valid[i]) validity[i] = true;
        }

        return Type.Kind switch
        {
            TypeKind.Null => new NullColumn(Count),
            TypeKind.Bool => BuildBool(validity),
            TypeKind.Int64 or TypeKind.Timestamp => new FixedColumn<long>(Type, _values, Count, validity),
            TypeKind.Float64 => new FixedColumn<double>(Type, _values, Count, validity),
            TypeKind.Date => new FixedColumn<int>(Type, _values, Count, validity),
            TypeKind.Decimal => new FixedColumn<Int128>(Type, _values, Count, validity),
            _ => new VarColumn(Type, _values, _data, Count, validity),
        };
    }

    private BoolColumn BuildBool(Bitmap? validity)
    {
        var bits = Bitmap.Zeros(Count);
        for (var i = 0; i < Count; i++)
            if (_values.Span[i] != 0) bits[i] = true;
        _values.Dispose();
        return new BoolColumn(bits, validity);
    }

    private void Expect(TypeKind kind)
    {
        if (Type.Kind != kind) throw new InvalidOperationException($"A {kind} value does not fit {Type.WithArticle()} column.");
    }

    private void AppendByte(byte value)
    {
        _values.SetLength(_values.Length + 1);
        _values.Span[^1] = value;
    }

    private void Append32(int value) => AppendRaw(value);

    private void AppendRaw<T>(T value) where T : unmanaged
    {
        var at = _values.Length;
        _values.SetLength(at + System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
        System.Runtime.InteropServices.MemoryMarshal.Write(_values.Span[at..], in value);
    }
}
