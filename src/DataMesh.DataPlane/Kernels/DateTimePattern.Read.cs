using DataMesh.Core.Columns;
using DataMesh.Core.Expressions;

namespace DataMesh.DataPlane.Kernels;

/// <content>Reading.</content>
internal sealed partial class DateTimePattern
{
    private static readonly string[] Months = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
    private static readonly string[] Days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    /// <summary>Reads a text that the pattern covers from end to end (spaces around it are ignored). A time without offset is local to <paramref name="zone"/>.</summary>
    public bool TryRead(ReadOnlySpan<byte> value, TimeZoneInfo zone, out long micros)
    {
        value = value.Trim((byte)' ');
        var parts = new Parts { Year = 1970, Month = 1, Day = 1 };
        micros = 0;
        foreach (var step in steps)
            if (!ReadStep(step, ref value, ref parts)) return false;
        return value.IsEmpty && parts.TryMicros(zone, out micros);
    }

    private static bool ReadStep(PatternStep step, ref ReadOnlySpan<byte> value, ref Parts parts)
    {
        switch (step.Field)
        {
            case PatternField.Space:
                value = value.TrimStart((byte)' ');
                return true;
            case PatternField.Literal:
                if (value.IsEmpty || value[0] != step.Literal) return false;
                value = value[1..];
                return true;
            case PatternField.Year: return Number(ref value, 4, 4, out parts.Year);
            case PatternField.YearShort:
                if (!Number(ref value, 2, 2, out var year)) return false;
                parts.Year = year < 69 ? 2000 + year : 1900 + year;
                return true;
            case PatternField.Month: return Number(ref value, 1, 2, out parts.Month);
            case PatternField.Day: return Number(ref value, 1, 2, out parts.Day);
            case PatternField.DayOfYear: return Number(ref value, 1, 3, out parts.DayOfYear);
            case PatternField.Hour24: return Number(ref value, 1, 2, out parts.Hour);
            case PatternField.Hour12: return Number(ref value, 1, 2, out parts.Hour12) && parts.Hour12 is >= 1 and <= 12;
            case PatternField.Minute: return Number(ref value, 1, 2, out parts.Minute);
            case PatternField.Second: return Number(ref value, 1, 2, out parts.Second);
            case PatternField.Fraction: return ReadFraction(ref value, out parts.Fraction);
            case PatternField.MonthName or PatternField.MonthShort: return ReadName(ref value, Months, out parts.Month);
            case PatternField.DayName or PatternField.DayShort: return ReadName(ref value, Days, out _);
            case PatternField.Meridiem: return ReadMeridiem(ref value, out parts.IsAfternoon, out parts.HasMeridiem);
            case PatternField.EpochSeconds: return ReadEpoch(ref value, ref parts);
            default: return ReadOffset(ref value, ref parts);
        }
    }

    private static bool Number(ref ReadOnlySpan<byte> value, int digitsMin, int digitsMax, out int number)
    {
        number = 0;
        var digits = 0;
        while (digits < digitsMax && digits < value.Length && char.IsAsciiDigit((char)value[digits])) number = number * 10 + value[digits++] - '0';
        value = value[digits..];
        return digits >= digitsMin;
    }

    private static bool ReadFraction(ref ReadOnlySpan<byte> value, out int micros)
    {
        micros = 0;
        var digits = 0;
        for (; digits < value.Length && char.IsAsciiDigit((char)value[digits]); digits++)
            if (digits < 6) micros = micros * 10 + value[digits] - '0';
        for (var i = digits; i < 6; i++) micros *= 10;
        value = value[digits..];
        return digits > 0;
    }

    /// <summary>A full name or its first three letters, in any case.</summary>
    private static bool ReadName(ref ReadOnlySpan<byte> value, string[] names, out int number)
    {
        for (number = 1; number <= names.Length; number++)
        {
            var name = names[number - 1];
            var taken = StartsWith(value, name) ? name.Length : StartsWith(value, name.AsSpan(0, 3)) ? 3 : 0;
            if (taken == 0) continue;
            value = value[taken..];
            return true;
        }

        return false;
    }

    private static bool StartsWith(ReadOnlySpan<byte> value, ReadOnlySpan<char> name)
    {
        if (value.Length < name.Length) return false;
        for (var i = 0; i < name.Length; i++)
            if ((value[i] | 0x20) != name[i]) return false;
        return true;
    }

    private static bool ReadMeridiem(ref ReadOnlySpan<byte> value, out bool isAfternoon, out bool found)
    {
        isAfternoon = StartsWith(value, "pm");
        found = isAfternoon || StartsWith(value, "am");
        if (found) value = value[2..];
        return found;
    }

    private static bool ReadEpoch(ref ReadOnlySpan<byte> value, ref Parts parts)
    {
        if (!System.Buffers.Text.Utf8Parser.TryParse(value, out long seconds, out var used) || Math.Abs(seconds) > long.MaxValue / 2_000_000) return false;
        parts.Epoch = seconds * 1_000_000;
        value = value[used..];
        return true;
    }

    private static bool ReadOffset(ref ReadOnlySpan<byte> value, ref Parts parts)
    {
        var end = 0;
        while (end < value.Length && value[end] is not ((byte)' ' or (byte)'[' or (byte)']' or (byte)')' or (byte)',')) end++;
        var name = value[..end];
        if (name.SequenceEqual("GMT"u8)) parts.Offset = 0;
        else if (DateTimeParser.TryOffset(name, out var offset)) parts.Offset = offset;
        else return false;
        value = value[end..];
        return true;
    }

    private struct Parts
    {
        public int Year, Month, Day, DayOfYear, Hour, Hour12, Minute, Second, Fraction;
        public bool IsAfternoon, HasMeridiem;
        public long? Offset, Epoch;

        public readonly bool TryMicros(TimeZoneInfo zone, out long micros)
        {
            micros = Epoch ?? 0;
            if (Epoch is not null)
            {
                micros += Fraction;
                return true;
            }

            var hour = Hour12 > 0 ? Hour12 % 12 + (IsAfternoon ? 12 : 0) : Hour;
            if (!DateTimeParser.IsDate(Year, Month, Day) || hour > 23 || Minute > 59 || Second > 59 || DayOfYear > 366) return false;
            var days = DayOfYear > 0 ? ValueText.DaysFromCivil(Year, 1, 1) + DayOfYear - 1 : ValueText.DaysFromCivil(Year, Month, Day);
            var local = days * IntervalKernels.DayMicros + ((hour * 60L + Minute) * 60 + Second) * 1_000_000 + Fraction;
            micros = Offset is { } offset ? local - offset : DateTimeParser.ToUtc(local, zone);
            return true;
        }
    }
}
