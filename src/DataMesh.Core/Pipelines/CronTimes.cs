using Quartz;

namespace DataMesh.Core.Pipelines;

/// <summary>
/// The times of a cron expression as crontab(5) has it: minute, hour, day of month, month, day of week (0 and 7 are Sunday, names allowed), with seconds
/// before them when there are six fields. Where both days are given, either is enough.
/// </summary>
public sealed class CronTimes
{
    /// <summary>The 29th of February comes at least every eight years.</summary>
    private const int YearsMax = 10;

    /// <summary>Expressions name no year: what does not come in any ten years never comes.</summary>
    private static readonly DateTimeOffset ComesBy = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly CronExpression _expression;

    private CronTimes(CronExpression expression) => _expression = expression;

    /// <summary>The next time after <paramref name="after"/>, or null when there is none.</summary>
    public DateTimeOffset? Next(DateTimeOffset after) => _expression.GetNextValidTimeAfter(after);

    /// <summary>Reads an expression; <paramref name="why"/> says what is wrong with it.</summary>
    public static bool TryParse(string text, string? timeZone, out CronTimes times, out string? why)
    {
        times = null!;
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (fields.Length is not (5 or 6))
        {
            why = $"it has {fields.Length} fields: five are needed (minute hour day-of-month month day-of-week), or six with seconds first";
            return false;
        }

        var zone = TimeZoneInfo.Utc;
        if (timeZone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out zone))
        {
            why = $"there is no time zone '{timeZone}'";
            return false;
        }

        why = CronFields.Check(fields);
        if (why is not null) return false;
        try
        {
            times = new CronTimes(new CronExpression(ToQuartz(fields), zone));
            if (times.Next(ComesBy.AddYears(-YearsMax)) is not { } first || first > ComesBy) why = "no day is like that, so its time would never come";
            return why is null;
        }
        catch (Exception error) when (error is FormatException or ArgumentException or NotSupportedException)
        {
            why = error.Message;
            return false;
        }
    }

    /// <summary>Quartz counts Sunday as 1 and wants a question mark for the day that is not given.</summary>
    private static string ToQuartz(string[] fields)
    {
        var (seconds, rest) = fields.Length == 6 ? (fields[0], fields[1..]) : ("0", fields);
        var dayOfWeek = rest[4] is "*" or "?" ? "?" : Days(rest[4]);
        var dayOfMonth = rest[2] == "?" || (rest[2] == "*" && dayOfWeek != "?") ? "?" : rest[2];
        return string.Join(' ', seconds, rest[0], rest[1], dayOfMonth == "?" && dayOfWeek == "?" ? "*" : dayOfMonth, rest[3], dayOfWeek);
    }

    private static string Days(string field) => string.Join(',', field.Split(',').Select(part =>
    {
        var (range, step) = part.IndexOf('/', StringComparison.Ordinal) is var slash and >= 0 ? (part[..slash], part[slash..]) : (part, "");
        return string.Join('-', range.Split('-').Select(Day)) + step;
    }));

    private static string Day(string text) => int.TryParse(text, out var day) && day is >= 0 and <= 7 ? $"{day % 7 + 1}" : text.ToUpperInvariant();
}
