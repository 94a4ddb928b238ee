using DataMesh.Core.Columns;

namespace DataMesh.Core.Expressions;

/// <summary>
/// Reads ISO 8601 dates and timestamps from UTF-8: <c>2024-01-31</c>, <c>2024-01-31T12:34:56.789Z</c>, <c>2024-01-31 12:34+02:00</c>.
/// Spaces around the text are ignored.
/// </summary>
public static class DateTimeParser
{
    private const long DayMicros = 86_400_000_000L;

    /// <summary>Reads a date. A time behind it is accepted only when it is midnight without an offset.</summary>
    public static bool TryDate(ReadOnlySpan<byte> text, out int days)
    {
        text = text.Trim((byte)' ');
        if (!TryDatePart(ref text, out days)) return false;
        if (text.IsEmpty) return true;
        return TryTimePart(ref text, out var micros) && text.IsEmpty && micros == 0;
    }

    /// <summary>Reads a timestamp; a date alone is its midnight. <paramref name="zone"/> is where a text without offset is from (UTC when null).</summary>
    public static bool TryTimestamp(ReadOnlySpan<byte> text, TimeZoneInfo? zone, out long micros)
    {
        micros = 0;
        text = text.Trim((byte)' ');
        if (!TryDatePart(ref text, out var days)) return false;
        var time = 0L;
        if (!text.IsEmpty && !TryTimePart(ref text, out time)) return false;
        if (days is < -106_000_000 or > 106_000_000) return false;
        micros = days * DayMicros + time;
        if (text.IsEmpty)
        {
            if (zone is not null) micros = ToUtc(micros, zone);
            return true;
        }

        if (!TryOffset(text.TrimStart((byte)' '), out var offset)) return false;
        micros -= offset;
        return true;
    }

    /// <summary>Local time of a zone to UTC. A local time that the clocks skip is moved on by the skipped hour; of a doubled one the earlier is taken.</summary>
    public static long ToUtc(long localMicros, TimeZoneInfo zone)
    {
        if (ReferenceEquals(zone, TimeZoneInfo.Utc)) return localMicros;
        var ticks = DateTime.UnixEpoch.Ticks + (Int128)localMicros * 10;
        if (ticks < TimeSpan.TicksPerDay || ticks > DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay) return localMicros;
        var local = new DateTime((long)ticks, DateTimeKind.Unspecified);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max()
            : zone.IsInvalidTime(local) ? zone.GetUtcOffset(local.AddDays(-1))
            : zone.GetUtcOffset(local);
        return localMicros - offset.Ticks / 10;
    }

    /// <summary>An offset such as <c>Z</c>, <c>+02</c>, <c>+0200</c> or <c>-05:30</c>, in µs.</summary>
    public static bool TryOffset(ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        if (text.SequenceEqual("Z"u8) || text.SequenceEqual("z"u8) || text.SequenceEqual("UTC"u8)) return true;
        if (text.Length < 3 || text[0] is not ((byte)'+' or (byte)'-')) return false;
        var negative = text[0] == '-';
        if (!Two(text, 1, out var hours)) return false;
        var minutes = 0;
        var rest = text[3..];
        if (rest.Length > 0 && rest[0] == ':') rest = rest[1..];
        if (rest.Length != 0 && (rest.Length != 2 || !Two(rest, 0, out minutes))) return false;
        if (hours > 18 || minutes > 59) return false;
        micros = (hours * 60L + minutes) * 60_000_000;
        if (negative) micros = -micros;
        return true;
    }

    /// <summary>Whether the day exists; years from 0 to 9999.</summary>
    public static bool IsDate(int year, int month, int day) =>
        year is >= 0 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && (day <= 28 || day <= DaysInMonth(year, month));

    /// <summary>Days of a month.</summary>
    public static int DaysInMonth(int year, int month) => month switch
    {
        2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    private static bool TryDatePart(ref ReadOnlySpan<byte> text, out int days)
    {
        days = 0;
        if (text.Length < 8 || !Two(text, 0, out var century) || !Two(text, 2, out var yearOfCentury)) return false;
        var separator = text[4];
        if (separator is not ((byte)'-' or (byte)'/')) return false;
        text = text[5..];
        if (!OneOrTwo(ref text, out var month) || text.IsEmpty || text[0] != separator) return false;
        text = text[1..];
        if (!OneOrTwo(ref text, out var day)) return false;
        var year = century * 100 + yearOfCentury;
        if (!IsDate(year, month, day)) return false;
        days = ValueText.DaysFromCivil(year, month, day);
        return true;
    }

    private static bool TryTimePart(ref ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        if (text[0] is not ((byte)'T' or (byte)'t' or (byte)' ')) return false;
        text = text[1..];
        if (!OneOrTwo(ref text, out var hour) || text.IsEmpty || text[0] != ':') return false;
        text = text[1..];
        if (!Two(text, 0, out var minute)) return false;
        text = text[2..];
        var second = 0;
        var fraction = 0L;
        if (text.Length > 0 && text[0] == ':')
        {
            text = text[1..];
            if (!Two(text, 0, out second)) return false;
            text = text[2..];
            if (text.Length > 1 && text[0] is (byte)'.' or (byte)',' && !Fraction(ref text, out fraction)) return false;
        }

        if (hour > 23 || minute > 59 || second > 59) return false;
        micros = ((hour * 60L + minute) * 60 + second) * 1_000_000 + fraction;
        return true;
    }

    private static bool Fraction(ref ReadOnlySpan<byte> text, out long micros)
    {
        micros = 0;
        var digits = 0;
        text = text[1..];
        while (digits < text.Length && char.IsAsciiDigit((char)text[digits]))
        {
            if (digits < 6) micros = micros * 10 + text[digits] - '0';
            digits++;
        }

        for (var i = digits; i < 6; i++) micros *= 10;
        text = text[digits..];
        return digits > 0;
    }

    private static bool Two(ReadOnlySpan<byte> text, int at, out int value)
    {
        value = 0;
        if (at + 2 > text.Length || !char.IsAsciiDigit((char)text[at]) || !char.IsAsciiDigit((char)text[at + 1])) return false;
        value = (text[at] - '0') * 10 + text[at + 1] - '0';
        return true;
    }

    private static bool OneOrTwo(ref ReadOnlySpan<byte> text, out int value)
    {
        if (Two(text, 0, out value))
        {
            text = text[2..];
            return true;
        }

        if (text.IsEmpty || !char.IsAsciiDigit((char)text[0])) return false;
        value = text[0] - '0';
        text = text[1..];
        return true;
    }
}
