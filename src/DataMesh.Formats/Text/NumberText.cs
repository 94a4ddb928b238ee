using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace DataMesh.Formats.Text;

/// <summary>
/// What counts as a number in text files. A leading zero before another digit, or a plus sign, makes it no number but a code that must keep its digits
/// (postal codes, telephone numbers).
/// </summary>
public static class NumberText
{
    /// <summary>Integers beyond this are not all exact as float64.</summary>
    public const long ExactMax = 1L << 53;

    /// <summary>What to divide by when n characters from the point on are left of the text; from 32 on the same with a minus.</summary>
    private static ReadOnlySpan<double> Divisors =>
    [
        1e0, 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        -1e0, -1e0, -1e1, -1e2, -1e3, -1e4, -1e5, -1e6, -1e7, -1e8, -1e9, -1e10, -1e11, -1e12, -1e13, -1e14, -1e15,
    ];

    /// <summary>
    /// Reads an integer of the short and usual form; an empty text may give anything. False means: ask <see cref="TryParse(ReadOnlySpan{byte}, out long)"/>.
    /// Reads 17 bytes whatever the length is. Conditions are joined without branches, which random data would mislead.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryFast(ref byte text, int length, out long value)
    {
        var minus = text == '-' ? 1 : 0;
        length -= minus;
        value = 0;
        if ((uint)length > DigitText.LengthMax || !DigitText.IsSupported) return false;
        ref var first = ref Unsafe.Add(ref text, minus);
        var isNumber = DigitText.TryRead(ref first, length, out var digits, out var point);
        value = ((long)digits ^ -minus) + minus;
        return isNumber & point == length & point != 0 & (first > '0' | point == 1);
    }

    /// <summary>
    /// Reads a decimal number of the short and usual form, exactly; an empty text may give anything. False means: ask <see cref="TryParse(ReadOnlySpan{byte}, out double)"/>.
    /// Reads 17 bytes whatever the length is.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryFast(ref byte text, int length, out double value)
    {
        var minus = text == '-' ? 1 : 0;
        length -= minus;
        value = 0;
        if ((uint)length > DigitText.LengthMax || !DigitText.IsSupported) return false;
        ref var first = ref Unsafe.Add(ref text, minus);
        var isNumber = DigitText.TryRead(ref first, length, out var digits, out var point);
        // Both operands are exact doubles, so the one division rounds correctly (Clinger's fast path).
        value = (long)digits / Unsafe.Add(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(Divisors), (nint)(uint)((minus << 5) + length - point));
        // At least one digit before the point, and no leading zero but a single one.
        return isNumber & digits <= (ulong)ExactMax & point != 0 & (first > '0' | point == 1);
    }

    /// <summary>Reads an integer: optional minus, digits without a leading zero, within int64.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        return IsInteger(text) && Utf8Parser.TryParse(text, out value, out var used) && used == text.Length;
    }

    /// <summary>
    /// Reads a float64: digits with an optional point and exponent, NaN, Infinity or inf. An integer that float64 can not hold exactly is refused,
    /// and so is a number too large for it.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        if (!IsDecimal(text)) return TryParseSpecial(text, out value);
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) || double.IsInfinity(value)) return false;
        return !IsInteger(text) || (TryParse(text, out long whole) && whole is >= -ExactMax and <= ExactMax);
    }

    /// <summary>Whether the text is an integer of any size.</summary>
    public static bool IsInteger(ReadOnlySpan<byte> text)
    {
        if (text.Length > 0 && text[0] == '-') text = text[1..];
        return text.Length > 0 && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9') && (text[0] != '0' || text.Length == 1);
    }

    /// <summary>Whether the text is a decimal number with optional point and exponent.</summary>
    public static bool IsDecimal(ReadOnlySpan<byte> text)
    {
        if (text.Length > 0 && text[0] == '-') text = text[1..];
        var whole = CountDigits(text);
        if (whole > 1 && text[0] == '0') return false;
        text = text[whole..];
        var fraction = 0;
        if (text.Length > 0 && text[0] == '.')
        {
            fraction = CountDigits(text[1..]);
            text = text[(fraction + 1)..];
        }

        if (whole + fraction == 0) return false;
        if (text.IsEmpty) return true;
        if ((text[0] | 0x20) != 'e') return false;
        text = text[1..];
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+') text = text[1..];
        return text.Length > 0 && CountDigits(text) == text.Length;
    }

    private static int CountDigits(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return end < 0 ? text.Length : end;
    }

    private static bool TryParseSpecial(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        var minus = text.Length > 0 && text[0] == '-';
        if (minus) text = text[1..];
        if (text.Length is not (3 or 8)) return false;
        if (System.Text.Ascii.EqualsIgnoreCase(text, "nan"u8) && !minus) value = double.NaN;
        else if (System.Text.Ascii.EqualsIgnoreCase(text, "inf"u8) || System.Text.Ascii.EqualsIgnoreCase(text, "infinity"u8)) value = minus ? double.NegativeInfinity : double.PositiveInfinity;
        else return false;
        return true;
    }
}
