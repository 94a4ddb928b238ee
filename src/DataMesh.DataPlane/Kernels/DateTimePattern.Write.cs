using System.Globalization;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <content>Writing.</content>
internal sealed partial class DateTimePattern
{
    /// <summary>Appends a timestamp (UTC) as the pattern says, in the local time of <paramref name="zone"/>.</summary>
    public void Write(long micros, TimeZoneInfo zone, VarWriter writer)
    {
        var offset = OffsetOf(micros, zone);
        var local = micros + offset;
        var day = IntervalKernels.DivideFloor(local, IntervalKernels.DayMicros);
        var time = local - day * IntervalKernels.DayMicros;
        ValueText.CivilFromDays(day, out var year, out var month, out var dayOfMonth);
        var (hour, minute, second) = ((int)(time / 3_600_000_000), (int)(time / 60_000_000 % 60), (int)(time / 1_000_000 % 60));
        var weekday = (int)((day + 3) % 7 + 7) % 7;
        foreach (var step in steps)
        {
            switch (step.Field)
            {
                case PatternField.Literal: writer.Write(step.Literal); break;
                case PatternField.Space: writer.Write((byte)' '); break;
                case PatternField.Year: Number(writer, year, 4); break;
                case PatternField.YearShort: Number(writer, year % 100, 2); break;
                case PatternField.Month: Number(writer, month, step.Padded ? 2 : 1); break;
                case PatternField.MonthName: Name(writer, Months[month - 1], 99); break;
                case PatternField.MonthShort: Name(writer, Months[month - 1], 3); break;
                case PatternField.Day: Number(writer, dayOfMonth, step.Padded ? 2 : 1); break;
                case PatternField.DayName: Name(writer, Days[weekday], 99); break;
                case PatternField.DayShort: Name(writer, Days[weekday], 3); break;
                case PatternField.DayOfYear: Number(writer, (int)(day - ValueText.DaysFromCivil(year, 1, 1)) + 1, step.Padded ? 3 : 1); break;
                case PatternField.Hour24: Number(writer, hour, step.Padded ? 2 : 1); break;
                case PatternField.Hour12: Number(writer, (hour + 11) % 12 + 1, step.Padded ? 2 : 1); break;
                case PatternField.Minute: Number(writer, minute, step.Padded ? 2 : 1); break;
                case PatternField.Second: Number(writer, second, step.Padded ? 2 : 1); break;
                case PatternField.Fraction: Number(writer, (int)(time % 1_000_000) / PowerOfTen(6 - step.Width), step.Width); break;
                case PatternField.Meridiem: writer.Write(hour < 12 ? "AM"u8 : "PM"u8); break;
                case PatternField.Offset: Offset(writer, offset); break;
                case PatternField.ZoneName: writer.Write(offset == 0 ? "UTC" : zone.Id); break;
                case PatternField.EpochSeconds: writer.Write(IntervalKernels.DivideFloor(micros, 1_000_000).ToString(CultureInfo.InvariantCulture)); break;
            }
        }
    }

    /// <summary>Offset of the zone at a UTC time, in µs.</summary>
    public static long OffsetOf(long micros, TimeZoneInfo zone)
    {
        if (ReferenceEquals(zone, TimeZoneInfo.Utc)) return 0;
        var ticks = DateTime.UnixEpoch.Ticks + (Int128)micros * 10;
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks) return 0;
        return zone.GetUtcOffset(new DateTime((long)ticks, DateTimeKind.Utc)).Ticks / 10;
    }

    private static int PowerOfTen(int exponent) => (int)DecimalMath.PowerOfTen(exponent);

    private static void Number(VarWriter writer, int value, int width)
    {
        Span<byte> digits = stackalloc byte[12];
        var count = 0;
        for (; value > 0 || count < width; value /= 10) digits[count++] = (byte)('0' + value % 10);
        if (count == 0) digits[count++] = (byte)'0';
        digits = digits[..count];
        digits.Reverse();
        writer.Write(digits);
    }

    private static void Name(VarWriter writer, string name, int letters)
    {
        writer.Write((byte)(name[0] & ~0x20));
        writer.Write(name.AsSpan(1, Math.Min(letters, name.Length) - 1));
    }

    private static void Offset(VarWriter writer, long offset)
    {
        writer.Write(offset < 0 ? (byte)'-' : (byte)'+');
        var minutes = (int)(Math.Abs(offset) / 60_000_000);
        Number(writer, minutes / 60, 2);
        writer.Write((byte)':');
        Number(writer, minutes % 60, 2);
    }
}
