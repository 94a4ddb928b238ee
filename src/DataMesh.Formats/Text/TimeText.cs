using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DataMesh.Formats.Text;

/// <summary>Dates and times in text files: ISO 8601 and the layouts of <see cref="DateLayout"/>.</summary>
public static class TimeText
{
    /// <summary>Microseconds in a day.</summary>
    public const long MicrosPerDay = 86_400_000_000L;

    /// <summary>Reads <c>yyyy-MM-dd</c> of length 10 into days since 1970. Reads 16 bytes whatever the length is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryFastDate(ref byte text, int length, out int days)
    {
        days = 0;
        if (length != 10) return false;
        var head = Unsafe.ReadUnaligned<ulong>(ref text) ^ 0x2D30302D30303030; // "0000-00-"
        var tail = (uint)Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref text, 8)) ^ 0x3030;
        // A digit xored with '0' is its value; adding 0x76 carries into the top bit when that is over 9. Separators must be zero.
        if (((head + 0x7F76767F76767676 | head) & 0x8080808080808080) != 0 || ((tail + 0x7676 | tail) & 0x8080) != 0) return false;
        var year = (int)((head & 0xF) * 1000 + (head >> 8 & 0xF) * 100 + (head >> 16 & 0xF) * 10 + (head >> 24 & 0xF));
        var month = (int)((head >> 40 & 0xF) * 10 + (head >> 48 & 0xF));
        var day = (int)((tail & 0xF) * 10 + (tail >> 8));
        if (month > 12 || day > 31) return false;
        days = CivilDate.ToDays(year, month * 32 + day);
        return days != CivilDate.Invalid;
    }

    /// <summary>Reads <c>yyyy-MM-dd HH:mm:ss</c> (or with a T) of length 19 into microseconds since 1970, no zone applied. Reads 19 bytes whatever the length is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryFastTime(ref byte text, int length, out long micros)
    {
        micros = 0;
        if (length != 19 || !Sse41.IsSupported) return false;
        // From the last digit of the year on: y-MM-dd HH:mm:ss
        var values = Vector128.LoadUnsafe(ref text, 3) - Vector128.Create("0-00-00 00:00:00"u8);
        var limits = Vector128.Create((byte)9, 0, 9, 9, 0, 9, 9, (byte)('T' - ' '), 9, 9, 0, 9, 9, 0, 9, 9);
        var separator = values.GetElement(7);
        var century = Unsafe.ReadUnaligned<uint>(ref text) - 0x30303030;
        if (Vector128.GreaterThanAny(values, limits) || (separator != 0 && separator != 'T' - ' ') || ((century + 0x76767676 | century) & 0x80808080) != 0) return false;
        var ordered = Ssse3.Shuffle(values, Vector128.Create((byte)8, 9, 11, 12, 14, 15, 0x80, 0x80, 2, 3, 5, 6, 0x80, 0x80, 0x80, 0x80));
        var parts = Ssse3.MultiplyAddAdjacent(ordered, Vector128.Create(0x010A010A010A010AUL).AsSByte()); // hour, minute, second, 0, month, day
        if (Vector128.GreaterThanAny(parts, Vector128.Create(23, 59, 59, 0, 12, 31, 0, 0))) return false;
        var sums = Sse2.MultiplyAddAdjacent(parts, Vector128.Create(3600, 60, 1, 0, 32, 1, 0, 0));
        var pairs = century * 10 + (century >> 8);
        var days = CivilDate.ToDays((int)((pairs & 0xFF) * 100 + (pairs >> 16 & 0xFF)), sums.GetElement(2));
        var seconds = sums.GetElement(0) + sums.GetElement(1);
        micros = days * MicrosPerDay + seconds * 1_000_000L;
        return days != CivilDate.Invalid;
    }

    /// <summary>Reads a date in a layout.</summary>
    public static bool TryParseDate(ReadOnlySpan<byte> text, DateLayout layout, out int days) =>
        TryReadDate(text, layout, out days, out var used) && used == text.Length;

    /// <summary>
    /// Reads a timestamp: a date, then T or a space, hours and minutes, optional seconds with fraction, optional AM or PM, optional zone
    /// (Z, +hh:mm, +hhmm, +hh, UTC). A date alone is its midnight. <paramref name="hasZone"/> false: the zone is still to be applied.
    /// </summary>
    public static bool TryParseTime(ReadOnlySpan<byte> text, DateLayout layout, out long micros, out bool hasZone, out bool isDateOnly)
    {
        (micros, hasZone) = (0, false);
        isDateOnly = true;
        if (!TryReadDate(text, layout, out var days, out var used)) return false;
        micros = days * MicrosPerDay;
        text = text[used..];
        if (text.IsEmpty) return true;
        isDateOnly = false;
        if (text[0] is not ((byte)'T' or (byte)'t' or (byte)' ')) return false;
        return TimeOfDay.TryParse(text[1..], out var time, out hasZone, out var offset) && Add(ref micros, time - offset);
    }

    private static bool Add(ref long micros, long more)
    {
        micros += more;
        return true;
    }

    private static bool TryReadDate(ReadOnlySpan<byte> text, DateLayout layout, out int days, out int used)
    {
        (days, used) = (0, 0);
        var yearFirst = layout.Order == DateOrder.YearMonthDay;
        if (!TryReadNumber(text, ref used, yearFirst ? 4 : 1, yearFirst ? 4 : 2, out var first)) return false;
        if (!TryReadSeparator(text, ref used, layout.Separator) || !TryReadNumber(text, ref used, 1, 2, out var second)) return false;
        if (!TryReadSeparator(text, ref used, layout.Separator) || !TryReadNumber(text, ref used, yearFirst ? 1 : 4, yearFirst ? 2 : 4, out var third)) return false;
        var (year, month, day) = layout.Order switch
        {
            DateOrder.YearMonthDay => (first, second, third),
            DateOrder.MonthDayYear => (third, first, second),
            _ => (third, second, first),
        };
        if (month > 12 || day > 31) return false;
        days = CivilDate.ToDays(year, month * 32 + day);
        return days != CivilDate.Invalid;
    }

    private static bool TryReadSeparator(ReadOnlySpan<byte> text, ref int at, byte separator) => at < text.Length && text[at++] == separator;

    /// <summary>Reads as many digits as follow; their number must lie within the bounds.</summary>
    internal static bool TryReadNumber(ReadOnlySpan<byte> text, ref int at, int digitsMin, int digitsMax, out int value)
    {
        value = 0;
        var start = at;
        while (at < text.Length && (uint)(text[at] - '0') <= 9 && at - start < digitsMax) value = value * 10 + text[at++] - '0';
        return at - start >= digitsMin;
    }
}
