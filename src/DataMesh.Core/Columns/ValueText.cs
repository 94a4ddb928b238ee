using System.Buffers.Text;
using System.Globalization;

namespace DataMesh.Core.Columns;

/// <summary>
/// The canonical text of every type: what <c>cast</c> to string, the CSV and JSON sinks and <c>peek</c> print.
/// Booleans <c>true</c>/<c>false</c>; doubles the shortest text that reads back the same; dates ISO 8601;
/// timestamps <c>2024-01-31T12:34:56.123456Z</c> with a fraction only when there is one; binary base64.
/// </summary>
public static class ValueText
{
    /// <summary>The longest text of any fixed-width value, in bytes.</summary>
    public const int FixedMax = 64;

    /// <summary>Writes an integer; returns the bytes written.</summary>
    public static int Write(long value, Span<byte> target)
    {
        Utf8Formatter.TryFormat(value, target, out var written);
        return written;
    }

    /// <summary>Writes a double, shortest round-trip; <c>NaN</c>, <c>Infinity</c>, <c>-Infinity</c>.</summary>
    public static int Write(double value, Span<byte> target)
    {
        value.TryFormat(target, out var written, default, CultureInfo.InvariantCulture);
        return written;
    }

    /// <summary>Writes a decimal with exactly <paramref name="scale"/> digits after the point.</summary>
    public static int WriteDecimal(Int128 unscaled, int scale, Span<byte> target)
    {
        var at = 0;
        var magnitude = unscaled < 0 ? (UInt128)(-unscaled) : (UInt128)unscaled;
        if (unscaled < 0) target[at++] = (byte)'-';
        Span<byte> digits = stackalloc byte[40];
        var count = 0;
        do
        {
            digits[count++] = (byte)('0' + (int)(magnitude % 10));
            magnitude /= 10;
        }
        while (magnitude != 0 || count <= scale);
        for (var i = count - 1; i >= 0; i--)
        {
            target[at++] = digits[i];
            if (i == scale && scale > 0) target[at++] = (byte)'.';
        }

        return at;
    }

    /// <summary>Writes days since 1970 as <c>yyyy-MM-dd</c>.</summary>
    public static int WriteDate(int days, Span<byte> target)
    {
        CivilFromDays(days, out var year, out var month, out var day);
        var at = WriteYear(year, target);
        target[at++] = (byte)'-';
        Two(month, target[at..]);
        at += 2;
        target[at++] = (byte)'-';
        Two(day, target[at..]);
        return at + 2;
    }

    /// <summary>Writes microseconds since 1970 (UTC) as ISO 8601 with a Z.</summary>
    public static int WriteTimestamp(long micros, Span<byte> target)
    {
        var (days, rest) = Math.DivRem(micros, 86_400_000_000L);
        if (rest < 0) { days--; rest += 86_400_000_000L; }
        var at = WriteDate((int)days, target);
        target[at++] = (byte)'T';
        var seconds = rest / 1_000_000;
        Two((int)(seconds / 3600), target[at..]);
        target[at + 2] = (byte)':';
        Two((int)(seconds / 60 % 60), target[(at + 3)..]);
        target[at + 5] = (byte)':';
        Two((int)(seconds % 60), target[(at + 6)..]);
        at += 8;
        var fraction = (int)(rest % 1_000_000);
        if (fraction != 0)
        {
            target[at++] = (byte)'.';
            var digits = 6;
            while (fraction % 10 == 0) { fraction /= 10; digits--; }
            for (var i = digits - 1; i >= 0; i--) { target[at + i] = (byte)('0' + fraction % 10); fraction /= 10; }
            at += digits;
        }

        target[at++] = (byte)'Z';
        return at;
    }

    /// <summary>The canonical text of one value of any column, or null.</summary>
    public static string? Format(Column column, int row)
    {
        if (column.IsNull(row)) return null;
        Span<byte> text = stackalloc byte[FixedMax];
        switch (column)
        {
            case BoolColumn flags: return flags[row] ? "true" : "false";
            case FixedColumn<double> doubles: text = text[..Write(doubles[row], text)]; break;
            case FixedColumn<int> dates: text = text[..WriteDate(dates[row], text)]; break;
            case FixedColumn<Int128> decimals: text = text[..WriteDecimal(decimals[row], column.Type.Scale, text)]; break;
            case FixedColumn<long> times when column.Type.Kind == TypeKind.Timestamp: text = text[..WriteTimestamp(times[row], text)]; break;
            case FixedColumn<long> longs: text = text[..Write(longs[row], text)]; break;
            case VarColumn bytes when column.Type.Kind == TypeKind.Binary: return Convert.ToBase64String(bytes[row]);
            case VarColumn strings: return System.Text.Encoding.UTF8.GetString(strings[row]);
            default: throw new NotSupportedException(column.GetType().Name);
        }

        return System.Text.Encoding.UTF8.GetString(text);
    }

    /// <summary>Days since 1970-01-01 to a proleptic Gregorian date (Howard Hinnant's algorithm, public domain).</summary>
    public static void CivilFromDays(long days, out int year, out int month, out int day)
    {
        days += 719_468;
        var era = (days >= 0 ? days : days - 146_096) / 146_097;
        var dayOfEra = (int)(days - era * 146_097);
        var yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        var dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        var m = (5 * dayOfYear + 2) / 153;
        day = dayOfYear - (153 * m + 2) / 5 + 1;
        month = m < 10 ? m + 3 : m - 9;
        year = (int)(yearOfEra + era * 400) + (month <= 2 ? 1 : 0);
    }

    /// <summary>A proleptic Gregorian date to days since 1970-01-01 (Howard Hinnant's algorithm, public domain).</summary>
    public static int DaysFromCivil(int year, int month, int day)
    {
        var y = month <= 2 ? year - 1 : year;
        var era = (y >= 0 ? y : y - 399) / 400;
        var yearOfEra = y - era * 400;
        var dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        var dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * 146_097 + dayOfEra - 719_468;
    }

    private static int WriteYear(int year, Span<byte> target)
    {
        var at = 0;
        if (year < 0) { target[at++] = (byte)'-'; year = -year; }
        if (year > 9999) return at + Write(year, target[at..]);
        Two(year / 100, target[at..]);
        Two(year % 100, target[(at + 2)..]);
        return at + 4;
    }

    private static void Two(int value, Span<byte> target)
    {
        target[0] = (byte)('0' + value / 10);
        target[1] = (byte)('0' + value % 10);
    }
}
