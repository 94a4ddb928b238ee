using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Json;

/// <summary>
/// Numbers of JSON. The fast methods read all digits at once in a register, may look at 32 bytes beyond the number and give up (null)
/// on whatever is long or odd; the others take the whole text of a number that was checked before.
/// </summary>
internal static unsafe class JsonNumbers
{
    /// <summary>Integers up to this magnitude are exact as doubles.</summary>
    public const long ExactMax = 1L << 53;

    private static readonly double[] PowersOfTen =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    private static ReadOnlySpan<uint> SmallPowers => [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

    private static ReadOnlySpan<double> SmallPowersAsDouble => [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];

    /// <summary>Reads an integer of at most 15 digits and returns the place behind it, or null. The caller checks what follows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Integer(byte* p, out long value) =>
        NumberStart.IsSupported ? NumberStart.Integer(p, out value) : IntegerScalar(p, out value);

    /// <summary>Reads a number of at most 15 characters without exponent and returns the place behind it, or null. The caller checks what follows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Double(byte* p, out double value) =>
        NumberStart.IsSupported ? NumberStart.Double(p, out value) : DoubleScalar(p, out value);

    /// <summary><see cref="Integer"/> for machines without the vector instructions.</summary>
    public static byte* IntegerScalar(byte* p, out long value)
    {
        value = 0;
        var negative = *p == '-';
        if (negative) p++;
        var count = Digits(p, out var digits);
        if (count == 0 || (*p == '0' && count > 1)) return null;
        ulong magnitude = digits;
        p += count;
        if (count == 8)
        {
            count = Digits(p, out digits);
            if (count == 8) return null;
            magnitude = magnitude * Unsafe.Add(ref MemoryMarshal.GetReference(SmallPowers), count) + digits;
            p += count;
        }

        value = negative ? -(long)magnitude : (long)magnitude;
        return p;
    }

    /// <summary><see cref="Double"/> for machines without the vector instructions; at most 7 digits before and 7 behind the point.</summary>
    public static byte* DoubleScalar(byte* p, out double value)
    {
        value = 0;
        var negative = *p == '-';
        if (negative) p++;
        var count = Digits(p, out var digits);
        if ((uint)(count - 1) >= 7 || (*p == '0' && count > 1)) return null;
        p += count;
        double magnitude = digits;
        if (*p == '.')
        {
            p++;
            count = Digits(p, out var fraction);
            if ((uint)(count - 1) >= 7) return null;
            p += count;
            magnitude = (digits * (ulong)Unsafe.Add(ref MemoryMarshal.GetReference(SmallPowers), count) + fraction) / Unsafe.Add(ref MemoryMarshal.GetReference(SmallPowersAsDouble), count);
        }

        if ((*p | 0x20) == 'e') return null;
        value = negative ? -magnitude : magnitude;
        return p;
    }

    /// <summary>The value of an integer's text, false when it is beyond 64 bits.</summary>
    public static bool TryInteger(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        var negative = text[0] == '-';
        if (negative) text = text[1..];
        if (text.Length > 19) return false;
        ulong magnitude = 0;
        foreach (var digit in text) magnitude = magnitude * 10 + (uint)(digit - '0');
        if (magnitude > (negative ? 1UL << 63 : long.MaxValue)) return false;
        value = negative ? -(long)magnitude : (long)magnitude;
        return true;
    }

    /// <summary>The double nearest to a number's text; false when it is too large to be finite.</summary>
    public static bool TryDouble(ReadOnlySpan<byte> text, out double value)
    {
        if (TryExact(text, out value)) return true;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }

    /// <summary>The unscaled value of a number's text with <paramref name="scale"/> digits after the point; false when it does not fit exactly.</summary>
    public static bool TryDecimal(ReadOnlySpan<byte> text, int precision, int scale, out Int128 unscaled)
    {
        unscaled = 0;
        if (!Parts(text, out var negative, out var digits, out var exponent)) return false;
        var shift = exponent + scale;
        if (digits == 0) return true;
        for (; shift < 0; shift++)
        {
            if (digits % 10 != 0) return false;
            digits /= 10;
        }

        var limit = Power(precision);
        for (; shift > 0; shift--)
        {
            if (digits >= limit) return false;
            digits *= 10;
        }

        if (digits >= limit) return false;
        unscaled = negative ? -digits : digits;
        return true;
    }

    private static Int128 Power(int exponent)
    {
        Int128 power = 1;
        while (exponent-- > 0) power *= 10;
        return power;
    }

    /// <summary>Sign, up to 38 significant digits and the power of ten of a number's text.</summary>
    private static bool Parts(ReadOnlySpan<byte> text, out bool negative, out Int128 digits, out int exponent)
    {
        digits = 0;
        exponent = 0;
        negative = text[0] == '-';
        var at = negative ? 1 : 0;
        var (count, seenPoint) = (0, false);
        for (; at < text.Length && (text[at] | 0x20) != 'e'; at++)
        {
            if (text[at] == '.')
            {
                seenPoint = true;
                continue;
            }

            if (digits != 0 || text[at] != '0') count++;
            if (count > 38) return false;
            digits = digits * 10 + (text[at] - '0');
            if (seenPoint) exponent--;
        }

        if (at == text.Length) return true;
        if (!int.TryParse(text[(at + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var power) || Math.Abs(power) > 1000) return false;
        exponent += power;
        return true;
    }

    /// <summary>Up to 19 digits that make less than 2^53, times a power of ten that is itself exact: one rounding, so the result is the nearest double.</summary>
    private static bool TryExact(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        var negative = text[0] == '-';
        var at = negative ? 1 : 0;
        ulong digits = 0;
        var (count, exponent, seenPoint) = (0, 0, false);
        for (; at < text.Length; at++)
        {
            var c = text[at];
            if (c == '.')
            {
                seenPoint = true;
                continue;
            }

            if ((uint)(c - '0') > 9) break;
            if (++count > 19) return false;
            digits = digits * 10 + (uint)(c - '0');
            if (seenPoint) exponent--;
        }

        if (at < text.Length && !AddExponent(text[(at + 1)..], ref exponent)) return false;
        if (digits > ExactMax || exponent is < -22 or > 22) return false;
        value = exponent < 0 ? digits / PowersOfTen[-exponent] : digits * PowersOfTen[exponent];
        if (negative) value = -value;
        return true;
    }

    private static bool AddExponent(ReadOnlySpan<byte> text, ref int exponent)
    {
        if (text.Length > 4) return false;
        var negative = text[0] == '-';
        var power = 0;
        foreach (var c in text[(text[0] is (byte)'-' or (byte)'+' ? 1 : 0)..]) power = power * 10 + (c - '0');
        exponent += negative ? -power : power;
        return true;
    }

    /// <summary>How many of the next 8 bytes are digits before the first that is none, and their value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Digits(byte* p, out uint value)
    {
        var chunk = Unsafe.ReadUnaligned<ulong>(p) ^ 0x3030303030303030;
        var others = ((chunk + 0x7676767676767676) | chunk) & 0x8080808080808080;
        var count = BitOperations.TrailingZeroCount(others) >> 3;
        if (count == 0)
        {
            value = 0;
            return 0;
        }

        // Digits move to the high end, so that zeros stand in front; then pairs, fours and eights are joined by multiplication.
        chunk <<= 64 - count * 8;
        chunk = chunk * 10 + (chunk >> 8);
        value = (uint)(((chunk & 0x000000FF000000FF) * 0x000F424000000064 + (chunk >> 16 & 0x000000FF000000FF) * 0x0000271000000001) >> 32);
        return count;
    }
}
