using System.Numerics.Tensors;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Casts between fixed-width types.</summary>
internal static class NumberCasts
{
    /// <summary>The converted column, or null when there is no such cast.</summary>
    public static Column? Cast(Column column, DataType target, CastFormat format, ref Bitmap? failed) => (column, target.Kind) switch
    {
        (FixedColumn<long> longs, TypeKind.Float64) when column.Type.Kind == TypeKind.Int64 => LongsToDoubles(longs, target),
        (FixedColumn<long> longs, TypeKind.Decimal) when column.Type.Kind == TypeKind.Int64 => Map<long, Int128, LongToDecimal>(longs, target, new(target), ref failed),
        (FixedColumn<long> times, TypeKind.Date) when column.Type.Kind == TypeKind.Timestamp => Map<long, int, TimestampToDate>(times, target, new(format.Zone), ref failed),
        (FixedColumn<int> dates, TypeKind.Timestamp) => Map<int, long, DateToTimestamp>(dates, target, new(format.Zone), ref failed),
        (FixedColumn<double> doubles, TypeKind.Int64) => Map<double, long, DoubleToLong>(doubles, target, new(format.Rounding), ref failed),
        (FixedColumn<double> doubles, TypeKind.Decimal) => Map<double, Int128, DoubleToDecimal>(doubles, target, new(target, format.Rounding), ref failed),
        (FixedColumn<Int128> decimals, TypeKind.Float64) => Map<Int128, double, DecimalToDouble>(decimals, target, new(column.Type), ref failed),
        (FixedColumn<Int128> decimals, TypeKind.Int64) => Map<Int128, long, DecimalToLong>(decimals, target, new(column.Type, format.Rounding), ref failed),
        (FixedColumn<Int128> decimals, TypeKind.Decimal) => Map<Int128, Int128, DecimalToDecimal>(decimals, target, new(column.Type, target, format.Rounding), ref failed),
        (BoolColumn flags, TypeKind.Int64 or TypeKind.Float64 or TypeKind.Decimal) => FromBools(flags, target),
        (FixedColumn<long> or FixedColumn<double> or FixedColumn<Int128>, TypeKind.Bool) when column.Type.IsNumeric => ToBools(column),
        _ => null,
    };

    private static FixedColumn<double> LongsToDoubles(FixedColumn<long> longs, DataType target)
    {
        var buffer = PooledBuffer.Rent<double>(longs.Length);
        TensorPrimitives.ConvertTruncating(longs.Values, buffer.As<double>());
        return new FixedColumn<double>(target, buffer, longs.Length, longs.Validity?.Clone());
    }

    private static FixedColumn<TOut> Map<TIn, TOut, TFunction>(FixedColumn<TIn> column, DataType target, TFunction function, ref Bitmap? failed)
        where TIn : unmanaged where TOut : unmanaged where TFunction : struct, IConversion<TIn, TOut>
    {
        var buffer = PooledBuffer.Rent<TOut>(column.Length);
        var result = buffer.As<TOut>();
        var values = column.Values;
        var validity = column.Validity?.Clone();
        for (var i = 0; i < result.Length; i++)
        {
            if (function.TryConvert(values[i], out result[i])) continue;
            validity ??= Bitmap.Ones(column.Length);
            if (!validity[i]) continue;
            validity[i] = false;
            (failed ??= Bitmap.Zeros(column.Length))[i] = true;
        }

        return new FixedColumn<TOut>(target, buffer, column.Length, validity);
    }

    private static Column FromBools(BoolColumn flags, DataType target)
    {
        var builder = new ColumnBuilder(target);
        for (var i = 0; i < flags.Length; i++)
        {
            if (flags.IsNull(i)) builder.AppendNull();
            else if (target.Kind == TypeKind.Int64) builder.Append(flags[i] ? 1L : 0L);
            else if (target.Kind == TypeKind.Float64) builder.Append(flags[i] ? 1.0 : 0.0);
            else builder.Append(flags[i] ? DecimalMath.PowerOfTen(target.Scale) : Int128.Zero);
        }

        return builder.Build();
    }

    private static BoolColumn ToBools(Column column)
    {
        var values = Bitmap.Uninitialised(column.Length);
        if (column is FixedColumn<long> longs) Comparison.Loop<long, IsNotEqual>(longs.Values, [0L], values);
        else if (column is FixedColumn<double> doubles) Comparison.Loop<double, IsNotEqual>(doubles.Values, [0.0], values);
        else Comparison.Loop<Int128, IsNotEqual>(((FixedColumn<Int128>)column).Values, [Int128.Zero], values);
        values.ClearTail();
        return Bits.ToColumn(values, column.Validity?.Clone());
    }
}

/// <summary>Converts one value; false when it does not fit.</summary>
internal interface IConversion<TIn, TOut>
{
    bool TryConvert(TIn value, out TOut result);
}

internal readonly struct LongToDecimal(DataType target) : IConversion<long, Int128>
{
    public bool TryConvert(long value, out Int128 result) => DecimalMath.TryRescale(value, 0, target.Scale, target.Precision, DecimalRounding.HalfEven, out result);
}

internal readonly struct DoubleToLong(DecimalRounding rounding) : IConversion<double, long>
{
    public bool TryConvert(double value, out long result)
    {
        var rounded = Math.Round(value, rounding == DecimalRounding.HalfEven ? MidpointRounding.ToEven : MidpointRounding.AwayFromZero);
        var fits = rounded is >= -9223372036854775808.0 and < 9223372036854775808.0;
        result = fits ? (long)rounded : 0;
        return fits;
    }
}

internal readonly struct DoubleToDecimal(DataType target, DecimalRounding rounding) : IConversion<double, Int128>
{
    /// <summary>By way of the shortest text, so that 1.005 is 1.005 and not what is behind it in binary.</summary>
    public bool TryConvert(double value, out Int128 result)
    {
        result = 0;
        if (!double.IsFinite(value)) return false;
        Span<byte> text = stackalloc byte[ValueText.FixedMax];
        return new DecimalParser(target, rounding).TryParse(text[..ValueText.Write(value, text)], out result);
    }
}

internal readonly struct DecimalToDouble(DataType source) : IConversion<Int128, double>
{
    private readonly double _divisor = Math.Pow(10, source.Scale);

    public bool TryConvert(Int128 value, out double result)
    {
        // Both sides exact up to 2^53 and 10^22: the quotient is rounded once. Beyond that one more rounding is accepted.
        result = (double)value / _divisor;
        return true;
    }
}

internal readonly struct DecimalToLong(DataType source, DecimalRounding rounding) : IConversion<Int128, long>
{
    public bool TryConvert(Int128 value, out long result)
    {
        var whole = DecimalMath.DropDigits(value, source.Scale, rounding);
        var fits = whole >= long.MinValue && whole <= long.MaxValue;
        result = fits ? (long)whole : 0;
        return fits;
    }
}

internal readonly struct DecimalToDecimal(DataType source, DataType target, DecimalRounding rounding) : IConversion<Int128, Int128>
{
    public bool TryConvert(Int128 value, out Int128 result) => DecimalMath.TryRescale(value, source.Scale, target.Scale, target.Precision, rounding, out result);
}

internal readonly struct TimestampToDate(TimeZoneInfo zone) : IConversion<long, int>
{
    public bool TryConvert(long value, out int result)
    {
        var day = IntervalKernels.DivideFloor(value + DateTimePattern.OffsetOf(value, zone), IntervalKernels.DayMicros);
        result = (int)day;
        return true;
    }
}

internal readonly struct DateToTimestamp(TimeZoneInfo zone) : IConversion<int, long>
{
    public bool TryConvert(int value, out long result)
    {
        result = Core.Expressions.DateTimeParser.ToUtc(value * IntervalKernels.DayMicros, zone);
        return value is > -106_000_000 and < 106_000_000;
    }
}
