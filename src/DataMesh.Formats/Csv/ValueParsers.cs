using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Csv;

/// <summary>Turns text into one value of a fixed-width type.</summary>
internal interface IValueParser<T>
{
    /// <summary>The usual form, inlined in the loop; an empty text may give anything. Reads up to 32 bytes from <paramref name="text"/> whatever the length is. False: ask <see cref="TrySlow"/>.</summary>
    bool TryFast(ref byte text, int length, out T value);

    /// <summary>Whether <see cref="TryFour"/> is worth asking.</summary>
    bool ReadsFours { get; }

    /// <summary>
    /// <see cref="TryFast"/> for four texts, given by their ends and lengths: all of them, or false. Reads up to 16 bytes before each end, whatever
    /// the lengths are. Values of empty texts are unspecified.
    /// </summary>
    bool TryFour(ref byte text, Vector128<int> ends, Vector128<int> lengths, ref T values);

    /// <summary>Every form that is accepted.</summary>
    bool TrySlow(ReadOnlySpan<byte> text, out T value);
}

/// <summary>int64.</summary>
internal readonly struct Int64Parser : IValueParser<long>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFast(ref byte text, int length, out long value) => NumberText.TryFast(ref text, length, out value);

    public bool ReadsFours
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => FourNumbers.IsSupported;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFour(ref byte text, Vector128<int> ends, Vector128<int> lengths, ref long values) => FourNumbers.TryRead(ref text, ends, lengths, ref values);

    public bool TrySlow(ReadOnlySpan<byte> text, out long value) => NumberText.TryParse(text, out value);
}

/// <summary>float64.</summary>
internal readonly struct Float64Parser : IValueParser<double>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFast(ref byte text, int length, out double value) => NumberText.TryFast(ref text, length, out value);

    public bool ReadsFours
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => FourNumbers.IsSupported;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFour(ref byte text, Vector128<int> ends, Vector128<int> lengths, ref double values) => FourNumbers.TryRead(ref text, ends, lengths, ref values);

    public bool TrySlow(ReadOnlySpan<byte> text, out double value) => NumberText.TryParse(text, out value);
}

/// <summary>date, in ISO 8601 or the column's own layout.</summary>
internal readonly struct DateParser(DateLayout layout) : IValueParser<int>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFast(ref byte text, int length, out int value) => TimeText.TryFastDate(ref text, length, out value);

    public bool ReadsFours => false;

    public bool TryFour(ref byte text, Vector128<int> ends, Vector128<int> lengths, ref int values) => false;

    public bool TrySlow(ReadOnlySpan<byte> text, out int value) =>
        TimeText.TryParseDate(text, layout, out value) || TimeText.TryParseDate(text, DateLayout.Iso, out value);
}

/// <summary>timestamp, in ISO 8601 or the column's own layout; times without a zone are taken in the source's.</summary>
internal readonly struct TimestampParser(DateLayout layout, ZoneOffsets zone) : IValueParser<long>
{
    private readonly bool _isUtc = zone.IsUtc;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFast(ref byte text, int length, out long value)
    {
        if (!TimeText.TryFastTime(ref text, length, out value)) return false;
        if (!_isUtc) value = zone.ToUtc(value);
        return true;
    }

    public bool ReadsFours
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => FourTimes.IsSupported && _isUtc;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryFour(ref byte text, Vector128<int> ends, Vector128<int> lengths, ref long values) => FourTimes.TryRead(ref text, ends, lengths, ref values);

    public bool TrySlow(ReadOnlySpan<byte> text, out long value)
    {
        if (!TimeText.TryParseTime(text, layout, out value, out var hasZone, out _)
            && !TimeText.TryParseTime(text, DateLayout.Iso, out value, out hasZone, out _)) return false;
        if (!hasZone) value = zone.ToUtc(value);
        return true;
    }
}

/// <summary>decimal with a declared precision and scale; more digits behind the point than the scale holds do not fit.</summary>
internal readonly struct DecimalParser(int precision, int scale) : IValueParser<Int128>
{
    public bool TryFast(ref byte text, int length, out Int128 value)
    {
        value = default;
        return false;
    }

    public bool ReadsFours => false;

    public bool TryFour(ref byte text, Vector128<int> ends, Vector128<int> lengths, ref Int128 values) => false;

    public bool TrySlow(ReadOnlySpan<byte> text, out Int128 value)
    {
        value = 0;
        var isNegative = text.Length > 0 && text[0] == '-';
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+') text = text[1..];
        var point = text.IndexOf((byte)'.');
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? default : text[(point + 1)..].TrimEnd((byte)'0');
        if (point >= 0 && whole.IsEmpty && text.Length == 1) return false;
        if (text.IsEmpty || fraction.Length > scale || whole.TrimStart((byte)'0').Length > precision - scale) return false;
        if (!Append(whole.TrimStart((byte)'0'), ref value) || !Append(fraction, ref value)) return false;
        for (var i = fraction.Length; i < scale; i++) value *= 10;
        if (isNegative) value = -value;
        return true;
    }

    private static bool Append(ReadOnlySpan<byte> digits, ref Int128 value)
    {
        foreach (var each in digits)
        {
            if ((uint)(each - '0') > 9) return false;
            value = value * 10 + (each - '0');
        }

        return true;
    }
}
