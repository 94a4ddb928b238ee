using System.Globalization;

namespace DataMesh.Core.Expressions;

/// <summary>Reads spans of time such as <c>1 year 2 months 3 days 04:05:06</c>.</summary>
public static class IntervalParser
{
    private const long Second = 1_000_000, Day = 86_400 * Second;

    /// <summary>Whether <paramref name="word"/> is a unit of time.</summary>
    public static bool IsUnit(string word) => TryUnit(word, out _, out _);

    /// <summary>Reads numbers with units, and a clock time.</summary>
    public static bool TryParse(string text, out long months, out long micros)
    {
        months = micros = 0;
        var parts = text.Split([' ', ',', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0) return false;
        for (var i = 0; i < parts.Length;)
        {
            if (parts[i].Contains(':') && TimeSpan.TryParse(parts[i], CultureInfo.InvariantCulture, out var clock))
            {
                micros += clock.Ticks / TimeSpan.TicksPerMicrosecond;
                i++;
                continue;
            }

            if (i + 1 >= parts.Length || !decimal.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out var amount)) return false;
            if (!TryUnit(parts[i + 1], out var unitMonths, out var unitMicros) || Math.Abs(amount) > 1_000_000_000_000m) return false;
            if (!TryAdd(amount, unitMonths, unitMicros, ref months, ref micros)) return false;
            i += 2;
        }

        return true;
    }

    private static bool TryAdd(decimal amount, long unitMonths, long unitMicros, ref long months, ref long micros)
    {
        var (wholeMonths, wholeMicros) = (months + amount * unitMonths, micros + amount * unitMicros);
        if (wholeMonths != decimal.Truncate(wholeMonths) || Math.Abs(wholeMonths) > int.MaxValue || Math.Abs(wholeMicros) > long.MaxValue / 4) return false;
        (months, micros) = ((long)wholeMonths, (long)wholeMicros);
        return true;
    }

    private static bool TryUnit(string word, out long months, out long micros)
    {
        months = 0;
        micros = 0;
        switch (word.ToLowerInvariant())
        {
            case "year" or "years" or "y": months = 12; break;
            case "quarter" or "quarters": months = 3; break;
            case "month" or "months" or "mon" or "mons": months = 1; break;
            case "week" or "weeks" or "w": micros = 7 * Day; break;
            case "day" or "days" or "d": micros = Day; break;
            case "hour" or "hours" or "h" or "hr" or "hrs": micros = 3600 * Second; break;
            case "minute" or "minutes" or "m" or "min" or "mins": micros = 60 * Second; break;
            case "second" or "seconds" or "s" or "sec" or "secs": micros = Second; break;
            case "millisecond" or "milliseconds" or "ms": micros = 1000; break;
            case "microsecond" or "microseconds" or "us": micros = 1; break;
            default: return false;
        }

        return true;
    }
}
