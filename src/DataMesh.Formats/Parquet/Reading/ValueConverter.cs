using System.Buffers.Binary;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Reading;

/// <summary>Turns physical values into a column of ours. Nanoseconds are cut to microseconds.</summary>
internal sealed class ValueConverter(LeafType type)
{
    private const long JulianUnixEpoch = 2_440_588;
    private const long MicrosPerDay = 86_400_000_000;

    public LeafType Type { get; } = type;

    public Column Convert(RawValues values) => Type.Conversion switch
    {
        LeafConversion.None => AsIs(values),
        LeafConversion.AllNull => new NullColumn(values.Count),
        LeafConversion.Int32ToInt64 => Map<int, long>(values, value => value),
        LeafConversion.UInt32ToInt64 => Map<uint, long>(values, value => value),
        LeafConversion.UInt64ToDecimal => Map<ulong, Int128>(values, value => value),
        LeafConversion.FloatToDouble => Map<float, double>(values, value => value),
        LeafConversion.HalfToDouble => Map<Half, double>(values, value => (double)value),
        LeafConversion.MillisToTimestamp => Map<long, long>(values, value => checked(value * 1000)),
        LeafConversion.NanosToTimestamp => Map<long, long>(values, FloorThousandth),
        LeafConversion.Int32ToDecimal => Map<int, Int128>(values, value => value),
        LeafConversion.Int64ToDecimal => Map<long, Int128>(values, value => value),
        LeafConversion.Int96ToTimestamp => Each(values, Int96),
        LeafConversion.BytesToDecimal => Each(values, BigEndian),
        LeafConversion.UuidToText => Text(values, 36, (value, target) => new Guid(value, bigEndian: true).TryFormat(target, out var written) ? written : 0),
        LeafConversion.TimeMillisToText => Text(values, 16, (value, target) => TimeOfDay(BinaryPrimitives.ReadInt32LittleEndian(value) * 1000L, target)),
        LeafConversion.TimeMicrosToText => Text(values, 16, (value, target) => TimeOfDay(BinaryPrimitives.ReadInt64LittleEndian(value), target)),
        LeafConversion.TimeNanosToText => Text(values, 16, (value, target) => TimeOfDay(BinaryPrimitives.ReadInt64LittleEndian(value) / 1000, target)),
        LeafConversion.FixedToBytes => Text(values, values.Width, (value, target) =>
        {
            value.CopyTo(target);
            return value.Length;
        }),
        _ => throw new NotSupportedException($"conversion {Type.Conversion}"),
    };

    private delegate int WriteText(ReadOnlySpan<byte> value, Span<byte> target);

    private delegate T ReadOne<T>(ReadOnlySpan<byte> value);

    private Column AsIs(RawValues values) => Type.Type.Kind switch
    {
        TypeKind.Bool => Booleans(values),
        TypeKind.Int64 or TypeKind.Timestamp => FixedColumn<long>.From(Type.Type, values.Data.As<long>()[..values.Count]),
        TypeKind.Float64 => FixedColumn<double>.From(Type.Type, values.Data.As<double>()[..values.Count]),
        TypeKind.Date => FixedColumn<int>.From(Type.Type, values.Data.As<int>()[..values.Count]),
        _ => Bytes(values),
    };

    private static BoolColumn Booleans(RawValues values)
    {
        var bits = Bitmap.Zeros(values.Count);
        var bytes = values.Data.Span;
        var words = bits.Words;
        for (var i = 0; i < values.Count; i++) words[i >> 6] |= (ulong)bytes[i] << (i & 63);
        return new BoolColumn(bits, null);
    }

    private VarColumn Bytes(RawValues values)
    {
        if (values.Offsets is null) throw new InvalidDataException("Fixed-length values where byte arrays belong.");
        var offsets = PooledBuffer.Rent<int>(values.Count + 1);
        values.Offsets.As<int>()[..(values.Count + 1)].CopyTo(offsets.As<int>());
        var data = PooledBuffer.Rent(values.Data.Length);
        values.Data.Span.CopyTo(data.Span);
        return new VarColumn(Type.Type, offsets, data, values.Count);
    }

    private FixedColumn<TTo> Map<TFrom, TTo>(RawValues values, Func<TFrom, TTo> convert) where TFrom : unmanaged where TTo : unmanaged
    {
        var source = values.Data.As<TFrom>()[..values.Count];
        var target = PooledBuffer.Rent<TTo>(values.Count);
        var span = target.As<TTo>();
        for (var i = 0; i < source.Length; i++) span[i] = convert(source[i]);
        return new FixedColumn<TTo>(Type.Type, target, values.Count);
    }

    private FixedColumn<T> Each<T>(RawValues values, ReadOne<T> read) where T : unmanaged
    {
        var target = PooledBuffer.Rent<T>(values.Count);
        var span = target.As<T>();
        for (var i = 0; i < span.Length; i++) span[i] = read(values[i]);
        return new FixedColumn<T>(Type.Type, target, values.Count);
    }

    private VarColumn Text(RawValues values, int max, WriteText write)
    {
        var offsets = PooledBuffer.Rent<int>(values.Count + 1);
        var data = PooledBuffer.Rent(checked(values.Count * max));
        var (ends, at) = (offsets, 0);
        ends.As<int>()[0] = 0;
        for (var i = 0; i < values.Count; i++)
        {
            at += write(values[i], data.Span[at..]);
            ends.As<int>()[i + 1] = at;
        }

        data.SetLength(at);
        return new VarColumn(Type.Type, offsets, data, values.Count);
    }

    private static long FloorThousandth(long value) => value >= 0 ? value / 1000 : (value - 999) / 1000;

    /// <summary>Nanoseconds of the day, then the Julian day.</summary>
    private static long Int96(ReadOnlySpan<byte> value) => checked(
        (BinaryPrimitives.ReadInt32LittleEndian(value[8..]) - JulianUnixEpoch) * MicrosPerDay + BinaryPrimitives.ReadInt64LittleEndian(value) / 1000);

    private static Int128 BigEndian(ReadOnlySpan<byte> value)
    {
        if (value.Length > 16 && value[..^16].ContainsAnyExcept((byte)(value[^16] >= 0x80 ? 0xff : 0))) throw new OverflowException("A decimal has more than 38 digits.");
        Int128 result = value.Length > 0 && value[0] >= 0x80 ? -1 : 0;
        foreach (var b in value) result = result << 8 | b;
        return result;
    }

    /// <summary><c>hh:mm:ss</c>, with microseconds when there are any.</summary>
    private static int TimeOfDay(long micros, Span<byte> target)
    {
        if (micros is < 0 or > MicrosPerDay) throw new InvalidDataException($"A time of day of {micros} µs.");
        var time = TimeSpan.FromMicroseconds(micros);
        var text = $"{(int)time.TotalHours:00}:{time.Minutes:00}:{time.Seconds:00}";
        if (micros % 1_000_000 != 0) text += $".{micros % 1_000_000:000000}";
        return System.Text.Encoding.ASCII.GetBytes(text, target);
    }
}
