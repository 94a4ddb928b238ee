using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Json;

/// <summary>ISO 8601 dates and times in JSON strings.</summary>
internal static unsafe class JsonTimes
{
    private const long MicrosPerDay = 86_400_000_000;

    /// <summary>Makes the tables now: the compiler reads them without a check in methods that it compiles after this.</summary>
    public static void Prepare() => RuntimeHelpers.RunClassConstructor(typeof(JsonTimes).TypeHandle);

    /// <summary>
    /// Reads the 19 bytes <c>yyyy-MM-dd?HH:mm:ss</c> where ? is a T or a blank. May look at 32 bytes. False when they are anything else.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryCompact(byte* p, out long micros)
    {
        if (!Sse41.IsSupported) return TryCompactScalar(p, out micros);
        // The text from the hyphen behind the year on; the last byte is not looked at.
        var raw = Vector128.Load(p + 4);
        var digits = raw - Vector128.Create((byte)'0');
        // Digits and separators in their places: a digit less '0' is at most 9, a separator less itself is 0, a T for a blank is mended before.
        var isT = Vector128.Equals(raw, Vector128.Create(0, 0, 0, 0, 0, 0, (byte)'T', 0, 0, 0, 0, 0, 0, 0, 0, 0)) & Vector128.Create((byte)('T' - ' '));
        var lowest = Vector128.Create((byte)'-', (byte)'0', (byte)'0', (byte)'-', (byte)'0', (byte)'0', (byte)' ', (byte)'0', (byte)'0', (byte)':', (byte)'0', (byte)'0', (byte)':', (byte)'0', (byte)'0', 0);
        var most = Vector128.Create(0, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 0, 9, 9, 255);
        var above = raw - isT - lowest;
        var isWell = Vector128.EqualsAll(Vector128.Min(above, most), above);
        // Hour and minute, second, month and day: pairs of digits, then what they are worth together.
        var order = Vector128.Create((byte)7, 8, 10, 11, 13, 14, 0x80, 0x80, 1, 2, 0x80, 0x80, 4, 5, 0x80, 0x80);
        var pairs = Ssse3.MultiplyAddAdjacent(Ssse3.Shuffle(digits, order), Vector128.Create((short)0x010A).AsSByte());
        var tooLarge = Vector128.GreaterThan(pairs, Vector128.Create(23, 59, 59, 0, 12, 0, 31, 0));
        var worth = Sse2.MultiplyAddAdjacent(pairs, Vector128.Create(3600, 60, 1, 0, 1, 0, 1, 0));
        var year = Unsafe.ReadUnaligned<uint>(p) - 0x30303030u;
        var isYear = ((year | year + 0x76767676u) & 0x80808080u) == 0;
        micros = 0;
        if (!(isWell & isYear & tooLarge == Vector128<short>.Zero)) return false;
        // The lower byte of each half becomes what its two digits are together.
        year = year * 10 + (year >> 8);
        var isDate = TryDays((int)((year & 0xFF) * 100 + (year >> 16 & 0xFF)), worth.GetElement(2), worth.GetElement(3), out var days);
        micros = (days * 86_400L + worth.GetElement(0) + worth.GetElement(1)) * 1_000_000L;
        return isDate;
    }

    /// <summary><see cref="TryCompact"/> for machines without the vector instructions.</summary>
    public static bool TryCompactScalar(byte* p, out long micros)
    {
        micros = 0;
        var text = Vector128.Load(p);
        // Every digit place holds a digit, every other place its separator: one compare each.
        var digits = text - Vector128.Create((byte)'0');
        var isDigit = Vector128.Equals(Vector128.Min(digits, Vector128.Create((byte)9)), digits).ExtractMostSignificantBits();
        if ((isDigit & 0b1101_1011_0110_1111) != 0b1101_1011_0110_1111) return false;
        if (p[4] != '-' || p[7] != '-' || (p[10] != ' ' && p[10] != 'T') || p[13] != ':' || p[16] != ':') return false;
        var (second10, second1) = (p[17] - '0', p[18] - '0');
        if ((uint)second10 > 5 || (uint)second1 > 9) return false;
        var hour = Two(p + 11);
        var minute = Two(p + 14);
        if (hour > 23 || minute > 59 || !TryDays(Two(p) * 100 + Two(p + 2), Two(p + 5), Two(p + 8), out var days)) return false;
        micros = days * MicrosPerDay + ((hour * 60 + minute) * 60 + second10 * 10 + second1) * 1_000_000L;
        return true;
    }

    /// <summary>Reads <c>yyyy-MM-dd</c> and nothing else.</summary>
    public static bool TryDate(ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        return text.Length == 10 && TryDatePart(text, out days);
    }

    /// <summary>
    /// Reads a date and a time: T or a blank between them, seconds and fraction optional (digits beyond microseconds are cut off),
    /// then nothing, Z or an offset. A time without a zone is read in <paramref name="zone"/>; null means UTC.
    /// </summary>
    public static bool TryTimestamp(ReadOnlySpan<byte> text, TimeZoneInfo? zone, out long micros)
    {
        micros = 0;
        if (text.Length < 16 || !TryDatePart(text, out var days) || text[10] is not ((byte)'T' or (byte)'t' or (byte)' ')) return false;
        if (!TryTwo(text[11..], 23, out var hour) || text[13] != ':' || !TryTwo(text[14..], 59, out var minute)) return false;
        micros = days * MicrosPerDay + (hour * 60 + minute) * 60_000_000L;
        var rest = text[16..];
        if (rest.Length > 0 && rest[0] == ':' && !TrySeconds(ref rest, ref micros)) return false;
        if (rest.Length == 0)
        {
            if (zone is not null) micros = ToUtc(micros, zone);
            return true;
        }

        if (rest.Length == 1 && rest[0] is (byte)'Z' or (byte)'z') return true;
        return TryOffset(rest, ref micros);
    }

    /// <summary>A local time of a zone as UTC. A time that a clock change skipped is read with the offset before the change; of a repeated one the standard time is meant.</summary>
    public static long ToUtc(long micros, TimeZoneInfo zone)
    {
        var ticks = micros * 10 + DateTime.UnixEpoch.Ticks;
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks) return micros;
        return micros - zone.GetUtcOffset(new DateTime(ticks, DateTimeKind.Unspecified)).Ticks / 10;
    }

    private static bool TrySeconds(ref ReadOnlySpan<byte> rest, ref long micros)
    {
        if (rest.Length < 3 || !TryTwo(rest[1..], 59, out var second)) return false;
        micros += second * 1_000_000L;
        rest = rest[3..];
        if (rest.Length == 0 || rest[0] != '.') return true;
        var (at, unit) = (1, 100_000);
        for (; at < rest.Length && (uint)(rest[at] - '0') <= 9; at++)
        {
            micros += (rest[at] - '0') * unit;
            unit /= 10;
        }

        rest = rest[at..];
        return at > 1;
    }

    private static bool TryOffset(ReadOnlySpan<byte> text, ref long micros)
    {
        if (text[0] is not ((byte)'+' or (byte)'-') || text.Length is not (3 or 5 or 6)) return false;
        if (!TryTwo(text[1..], 18, out var hours)) return false;
        var minutes = 0;
        if (text.Length == 6 && text[3] != ':') return false;
        if (text.Length > 3 && !TryTwo(text[^2..], 59, out minutes)) return false;
        var offset = (hours * 60 + minutes) * 60_000_000L;
        micros += text[0] == '+' ? -offset : offset;
        return true;
    }

    private static bool TryDatePart(ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        if (text[4] != '-' || text[7] != '-') return false;
        return TryTwo(text, 99, out var century) && TryTwo(text[2..], 99, out var year) && TryTwo(text[5..], 12, out var month)
            && TryTwo(text[8..], 31, out var day) && TryDays(century * 100 + year, month, day, out days);
    }

    private const int TableFirst = 1900;
    private const int TableYears = 200;

    /// <summary>Days since 1970 of the first of each month from 1900 to 2099, and of the first one after.</summary>
    private static readonly int[] MonthStarts =
        [.. Enumerable.Range(0, TableYears * 12 + 1).Select(month => ValueText.DaysFromCivil(TableFirst + month / 12, month % 12 + 1, 1))];

    /// <summary>Checks a date and counts its days since 1970.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryDays(int year, int month, int day, out int days)
    {
        days = 0;
        if ((uint)(month - 1) > 11 || (uint)(day - 1) > 30) return false;
        var index = (year - TableFirst) * 12 + month - 1;
        if ((uint)index < TableYears * 12)
        {
            ref var start = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(MonthStarts), index);
            days = start + day - 1;
            return days < Unsafe.Add(ref start, 1);
        }

        if (day > 28 && day > DateTime.DaysInMonth(year is 0 ? 4 : year, month)) return false;
        days = ValueText.DaysFromCivil(year, month, day);
        return true;
    }

    private static bool TryTwo(ReadOnlySpan<byte> text, int most, out int value)
    {
        var (tens, ones) = (text[0] - '0', text[1] - '0');
        value = tens * 10 + ones;
        return (uint)tens <= 9 && (uint)ones <= 9 && value <= most;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Two(byte* p) => p[0] * 10 + p[1] - '0' * 11;
}
