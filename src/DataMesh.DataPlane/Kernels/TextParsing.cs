using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;
using DataMesh.Core.Expressions;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Texts to typed values. Spaces around a value are ignored.</summary>
internal static class TextParsing
{
    public static Column Parse(VarColumn text, DataType target, CastFormat format, ref Bitmap? failed)
    {
        switch (target.Kind)
        {
            case TypeKind.Int64: return Run<long, IntegerParser>(text, target, new IntegerParser(), ref failed);
            case TypeKind.Float64: return Run<double, FloatParser>(text, target, new FloatParser(), ref failed);
            case TypeKind.Decimal: return Run<Int128, DecimalParser>(text, target, new DecimalParser(target, format.Rounding), ref failed);
            case TypeKind.Date: return Run<int, DateParser>(text, target, new DateParser(format), ref failed);
            case TypeKind.Timestamp: return Run<long, TimestampParser>(text, target, new TimestampParser(format), ref failed);
            case TypeKind.Bool: return ToBools(text, ref failed);
            default: return JsonFormatting.Check(text, ref failed);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static FixedColumn<T> Run<T, TParser>(VarColumn text, DataType target, TParser parser, ref Bitmap? failed) where T : unmanaged where TParser : struct, ITextParser<T>
    {
        var buffer = PooledBuffer.Rent<T>(text.Length);
        var values = buffer.As<T>();
        var validity = text.Validity?.Clone();
        var reader = new ByteReader(new Operand(text));
        for (var row = 0; row < values.Length; row++)
        {
            if (validity is not null && !validity[row]) values[row] = default;
            else if (!parser.TryParse(reader[row].Trim((byte)' '), out values[row])) Fail(text.Length, row, ref validity, ref failed);
        }

        return new FixedColumn<T>(target, buffer, text.Length, validity);
    }

    private static BoolColumn ToBools(VarColumn text, ref Bitmap? failed)
    {
        var values = Bitmap.Zeros(text.Length);
        var validity = text.Validity?.Clone();
        var reader = new ByteReader(new Operand(text));
        for (var row = 0; row < text.Length; row++)
        {
            if (validity is not null && !validity[row]) continue;
            if (!TryBool(reader[row].Trim((byte)' '), out var value)) Fail(text.Length, row, ref validity, ref failed);
            else if (value) values[row] = true;
        }

        return new BoolColumn(values, validity);
    }

    /// <summary>true/false, t/f, yes/no, y/n, on/off, 1/0 in any case.</summary>
    public static bool TryBool(ReadOnlySpan<byte> text, out bool value)
    {
        value = false;
        if (text.Length is 0 or > 5) return false;
        Span<byte> lower = stackalloc byte[text.Length];
        for (var i = 0; i < text.Length; i++) lower[i] = (byte)(text[i] | 0x20);
        value = lower.SequenceEqual("true"u8) || lower.SequenceEqual("t"u8) || lower.SequenceEqual("yes"u8) || lower.SequenceEqual("y"u8) || lower.SequenceEqual("on"u8) || text.SequenceEqual("1"u8);
        return value || lower.SequenceEqual("false"u8) || lower.SequenceEqual("f"u8) || lower.SequenceEqual("no"u8) || lower.SequenceEqual("n"u8) || lower.SequenceEqual("off"u8) || text.SequenceEqual("0"u8);
    }

    private static void Fail(int length, int row, ref Bitmap? validity, ref Bitmap? failed)
    {
        (validity ??= Bitmap.Ones(length))[row] = false;
        (failed ??= Bitmap.Zeros(length))[row] = true;
    }
}

/// <summary>Reads one trimmed text.</summary>
internal interface ITextParser<T>
{
    bool TryParse(ReadOnlySpan<byte> text, out T value);
}

/// <summary>Integers: digits with a sign; 3.0 and 1e3 too, since nothing is lost.</summary>
internal readonly struct IntegerParser : ITextParser<long>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        var digits = text.Length > 1 && text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        if (digits.Length is 0 or > 18) return TryParseLong(text, out value);
        value = 0;
        foreach (var c in digits)
        {
            var digit = (uint)(c - '0');
            if (digit > 9) return TryParseLong(text, out value);
            value = value * 10 + digit;
        }

        if (text[0] == '-') value = -value;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryParseLong(ReadOnlySpan<byte> text, out long value)
    {
        if (Utf8Parser.TryParse(text, out value, out var used) && used == text.Length) return true;
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number == decimal.Truncate(number) && number is >= long.MinValue and <= long.MaxValue)
        {
            value = (long)number;
            return true;
        }

        value = 0;
        return false;
    }
}

/// <summary>Doubles; nan, inf and infinity with a sign in any case.</summary>
internal readonly struct FloatParser : ITextParser<double>
{
    public bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        // Hexadecimal, thousands and currency are not numbers here.
        if (text.Length > 0 && text[0] == '+') text = text[1..];
        if (Utf8Parser.TryParse(text, out value, out var used) && used == text.Length && char.IsAsciiDigit((char)text[^1]) is var plain && (plain || text[^1] == '.')) return true;
        var negative = text.Length > 0 && text[0] == '-';
        var word = negative ? text[1..] : text;
        if (Ascii(word, "inf") || Ascii(word, "infinity")) value = negative ? double.NegativeInfinity : double.PositiveInfinity;
        else if (Ascii(word, "nan")) value = double.NaN;
        else return double.TryParse(text, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out value);
        return true;
    }

    private static bool Ascii(ReadOnlySpan<byte> text, string word) => System.Text.Ascii.EqualsIgnoreCase(text, word);
}

/// <summary>Exact decimals; an exponent is allowed.</summary>
internal readonly struct DecimalParser(DataType target, DecimalRounding rounding) : ITextParser<Int128>
{
    public bool TryParse(ReadOnlySpan<byte> text, out Int128 value)
    {
        value = 0;
        var at = 0;
        var negative = text.Length > 0 && text[0] == '-';
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+') at++;
        var (digits, scale, any, point) = (0, 0, false, false);
        for (; at < text.Length; at++)
        {
            if (text[at] == '.' && !point) point = true;
            else if (char.IsAsciiDigit((char)text[at]))
            {
                any = true;
                if (digits >= 38)
                {
                    // More digits than fit: those after the point only matter for rounding, and hardly.
                    if (!point) return false;
                    continue;
                }

                value = value * 10 + (text[at] - '0');
                if (value != 0) digits++;
                if (point) scale++;
            }
            else break;
        }

        if (!any || !TryExponent(text[at..], ref scale)) return false;
        if (negative) value = -value;
        return Rescale(value, scale, out value);
    }

    private bool Rescale(Int128 unscaled, int scale, out Int128 value)
    {
        if (scale < 0)
        {
            value = 0;
            if (unscaled == 0) return true;
            if (scale < -38 || !DecimalMath.TryMultiply(unscaled, DecimalMath.PowerOfTen(-scale), out unscaled)) return false;
            scale = 0;
        }

        return DecimalMath.TryRescale(unscaled, scale, target.Scale, target.Precision, rounding, out value);
    }

    private static bool TryExponent(ReadOnlySpan<byte> rest, ref int scale)
    {
        if (rest.IsEmpty) return true;
        if (rest[0] is not ((byte)'e' or (byte)'E')) return false;
        rest = rest[1..];
        if (rest.Length > 0 && rest[0] == '+') rest = rest[1..];
        if (!Utf8Parser.TryParse(rest, out int exponent, out var used) || used != rest.Length || Math.Abs(exponent) > 1000) return false;
        scale -= exponent;
        return true;
    }
}

/// <summary>Dates by patterns, or ISO 8601.</summary>
internal readonly struct DateParser(CastFormat format) : ITextParser<int>
{
    private readonly DateTimePattern[] _patterns = format.Compiled;

    public bool TryParse(ReadOnlySpan<byte> text, out int value)
    {
        if (_patterns.Length == 0)
        {
            if (DateTimeParser.TryDate(text, out value)) return true;
            // A timestamp text gives its (local) day.
            if (!DateTimeParser.TryTimestamp(text, null, out var time)) return false;
            value = (int)IntervalKernels.DivideFloor(time, IntervalKernels.DayMicros);
            return true;
        }

        foreach (var pattern in _patterns)
        {
            if (!pattern.TryRead(text, TimeZoneInfo.Utc, out var micros)) continue;
            value = (int)IntervalKernels.DivideFloor(micros, IntervalKernels.DayMicros);
            return true;
        }

        value = 0;
        return false;
    }
}

/// <summary>Timestamps by patterns, or ISO 8601.</summary>
internal readonly struct TimestampParser(CastFormat format) : ITextParser<long>
{
    private readonly DateTimePattern[] _patterns = format.Compiled;
    private readonly TimeZoneInfo _zone = format.Zone;

    public bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        if (_patterns.Length == 0) return DateTimeParser.TryTimestamp(text, _zone, out value);
        foreach (var pattern in _patterns)
            if (pattern.TryRead(text, _zone, out value)) return true;
        value = 0;
        return false;
    }
}
