using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Units and parts of dates and times.</summary>
internal enum TimePart
{
    Microsecond, Millisecond, Second, Minute, Hour, Day, Week, Month, Quarter, Year, Decade, Century, DayOfWeek, IsoDayOfWeek, DayOfYear, IsoYear,
}

/// <summary>The calendar arithmetic behind the date functions.</summary>
internal static class TimeParts
{
    private const long Second = 1_000_000, Minute = 60 * Second, Hour = 60 * Minute, Day = IntervalKernels.DayMicros;

    /// <summary>Reads a part by any of its names, singular or plural.</summary>
    public static TimePart? Find(string name) => name.ToLowerInvariant() switch
    {
        "microsecond" or "microseconds" or "us" => TimePart.Microsecond,
        "millisecond" or "milliseconds" or "ms" => TimePart.Millisecond,
        "second" or "seconds" or "s" or "sec" => TimePart.Second,
        "minute" or "minutes" or "min" => TimePart.Minute,
        "hour" or "hours" or "h" => TimePart.Hour,
        "day" or "days" or "d" or "dayofmonth" => TimePart.Day,
        "week" or "weeks" or "w" or "weekofyear" => TimePart.Week,
        "month" or "months" or "mon" => TimePart.Month,
        "quarter" or "quarters" => TimePart.Quarter,
        "year" or "years" or "y" => TimePart.Year,
        "decade" or "decades" => TimePart.Decade,
        "century" or "centuries" => TimePart.Century,
        "dayofweek" or "dow" or "weekday" => TimePart.DayOfWeek,
        "isodow" => TimePart.IsoDayOfWeek,
        "dayofyear" or "doy" => TimePart.DayOfYear,
        "isoyear" => TimePart.IsoYear,
        _ => null,
    };

    /// <summary>A part of a timestamp; seconds whole, milliseconds and microseconds with the seconds in them, as DuckDB has it.</summary>
    public static long Get(TimePart part, long micros)
    {
        var day = IntervalKernels.DivideFloor(micros, Day);
        var time = micros - day * Day;
        switch (part)
        {
            case TimePart.Hour: return time / Hour;
            case TimePart.Minute: return time / Minute % 60;
            case TimePart.Second: return time / Second % 60;
            case TimePart.Millisecond: return time % Minute / 1000;
            case TimePart.Microsecond: return time % Minute;
            default: return GetOfDay(part, day);
        }
    }

    /// <summary>A part of a date; 0 for the parts of the time of day.</summary>
    public static long GetOfDay(TimePart part, long day)
    {
        switch (part)
        {
            case TimePart.DayOfWeek: return ((day + 4) % 7 + 7) % 7;
            case TimePart.IsoDayOfWeek: return ((day + 3) % 7 + 7) % 7 + 1;
            case TimePart.Week or TimePart.IsoYear:
                // The ISO week belongs to the year of its Thursday.
                var thursday = day - ((day + 3) % 7 + 7) % 7 + 3;
                ValueText.CivilFromDays(thursday, out var isoYear, out _, out _);
                return part == TimePart.IsoYear ? isoYear : (thursday - ValueText.DaysFromCivil(isoYear, 1, 1)) / 7 + 1;
        }

        ValueText.CivilFromDays(day, out var year, out var month, out var dayOfMonth);
        return part switch
        {
            TimePart.Day => dayOfMonth,
            TimePart.Month => month,
            TimePart.Quarter => (month + 2) / 3,
            TimePart.Year => year,
            TimePart.Decade => IntervalKernels.DivideFloor(year, 10),
            TimePart.Century => IntervalKernels.DivideFloor(year - 1, 100) + 1,
            TimePart.DayOfYear => day - ValueText.DaysFromCivil(year, 1, 1) + 1,
            _ => 0,
        };
    }

    /// <summary>The first day of the unit that the day lies in.</summary>
    public static long TruncateDay(TimePart unit, long day)
    {
        if (unit is TimePart.Week) return day - ((day + 3) % 7 + 7) % 7;
        if (unit <= TimePart.Day) return day;
        ValueText.CivilFromDays(day, out var year, out var month, out _);
        return unit switch
        {
            TimePart.Month => ValueText.DaysFromCivil(year, month, 1),
            TimePart.Quarter => ValueText.DaysFromCivil(year, (month - 1) / 3 * 3 + 1, 1),
            TimePart.Year => ValueText.DaysFromCivil(year, 1, 1),
            TimePart.Decade => ValueText.DaysFromCivil((int)IntervalKernels.DivideFloor(year, 10) * 10, 1, 1),
            TimePart.Century => ValueText.DaysFromCivil((int)IntervalKernels.DivideFloor(year - 1, 100) * 100 + 1, 1, 1),
            _ => day,
        };
    }

    /// <summary>The first instant of the unit that the timestamp lies in.</summary>
    public static long Truncate(TimePart unit, long micros)
    {
        var size = SizeOf(unit);
        if (size > 0 && unit < TimePart.Day) return IntervalKernels.DivideFloor(micros, size) * size;
        return TruncateDay(unit, IntervalKernels.DivideFloor(micros, Day)) * Day;
    }

    /// <summary>How many borders of the unit lie between two instants.</summary>
    public static long Difference(TimePart unit, long from, long to)
    {
        var size = SizeOf(unit);
        if (size > 0 && unit != TimePart.Week) return IntervalKernels.DivideFloor(to, size) - IntervalKernels.DivideFloor(from, size);
        var (firstDay, lastDay) = (IntervalKernels.DivideFloor(from, Day), IntervalKernels.DivideFloor(to, Day));
        if (unit == TimePart.Week) return (TruncateDay(unit, lastDay) - TruncateDay(unit, firstDay)) / 7;
        ValueText.CivilFromDays(firstDay, out var firstYear, out var firstMonth, out _);
        ValueText.CivilFromDays(lastDay, out var lastYear, out var lastMonth, out _);
        return unit switch
        {
            TimePart.Month => (lastYear - firstYear) * 12L + lastMonth - firstMonth,
            TimePart.Quarter => (lastYear - firstYear) * 4L + (lastMonth - 1) / 3 - (firstMonth - 1) / 3,
            TimePart.Decade => IntervalKernels.DivideFloor(lastYear, 10) - IntervalKernels.DivideFloor(firstYear, 10),
            TimePart.Century => IntervalKernels.DivideFloor(lastYear - 1, 100) - IntervalKernels.DivideFloor(firstYear - 1, 100),
            _ => lastYear - firstYear,
        };
    }

    /// <summary>Months and µs of some units, for adding.</summary>
    public static bool TrySpan(TimePart unit, long count, out long months, out long micros)
    {
        var monthsEach = unit switch { TimePart.Month => 1, TimePart.Quarter => 3, TimePart.Year => 12, TimePart.Decade => 120, TimePart.Century => 1200, _ => 0 };
        var wholeMonths = (Int128)count * monthsEach;
        var wholeMicros = (Int128)count * SizeOf(unit);
        var fits = Int128.Abs(wholeMonths) < int.MaxValue && Int128.Abs(wholeMicros) < long.MaxValue / 2;
        (months, micros) = fits ? ((long)wholeMonths, (long)wholeMicros) : (0, 0);
        return fits;
    }

    /// <summary>Length of a unit that has one, in µs.</summary>
    private static long SizeOf(TimePart unit) => unit switch
    {
        TimePart.Microsecond => 1,
        TimePart.Millisecond => 1000,
        TimePart.Second => Second,
        TimePart.Minute => Minute,
        TimePart.Hour => Hour,
        TimePart.Day => Day,
        TimePart.Week => 7 * Day,
        _ => 0,
    };
}
