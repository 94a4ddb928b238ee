using System.Globalization;

namespace DataMesh.Formats.Delta;

/// <summary>Durations in table properties: <c>interval 7 days</c>.</summary>
public static class Retention
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("days", TimeSpan.FromDays(1)), ("hours", TimeSpan.FromHours(1)), ("minutes", TimeSpan.FromMinutes(1)), ("seconds", TimeSpan.FromSeconds(1)),
        ("milliseconds", TimeSpan.FromMilliseconds(1)),
    ];

    /// <summary>How long removed files stay readable when the table does not say.</summary>
    public static TimeSpan DeletedFilesDefault { get; } = TimeSpan.FromDays(7);

    /// <summary>How long log entries are kept when the table does not say.</summary>
    public static TimeSpan LogDefault { get; } = TimeSpan.FromDays(30);

    /// <summary>A duration as properties spell it.</summary>
    public static string Text(TimeSpan time)
    {
        var (unit, length) = Units.First(each => time.Ticks % each.Length.Ticks == 0 || each == Units[^1]);
        return string.Create(CultureInfo.InvariantCulture, $"interval {time.Ticks / length.Ticks} {unit}");
    }

    /// <summary>The duration of a property, or the default.</summary>
    public static TimeSpan Of(TableMetadata metadata, string property, TimeSpan byDefault) =>
        metadata.Configuration.TryGetValue(property, out var text) && Parse(text) is { } stated ? stated : byDefault;

    /// <summary>Reads <c>interval 1 week 2 days</c>; null when it is something else.</summary>
    public static TimeSpan? Parse(string text)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var at = words.Length > 0 && words[0].Equals("interval", StringComparison.OrdinalIgnoreCase) ? 1 : 0;
        if (at >= words.Length || (words.Length - at) % 2 != 0) return null;
        var total = TimeSpan.Zero;
        for (; at < words.Length; at += 2)
        {
            if (!long.TryParse(words[at], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || Unit(words[at + 1]) is not { } unit) return null;
            total += unit * count;
        }

        return total;
    }

    private static TimeSpan? Unit(string word) => word.ToLowerInvariant().TrimEnd('s') switch
    {
        "week" => TimeSpan.FromDays(7),
        "day" => TimeSpan.FromDays(1),
        "hour" => TimeSpan.FromHours(1),
        "minute" => TimeSpan.FromMinutes(1),
        "second" => TimeSpan.FromSeconds(1),
        "millisecond" => TimeSpan.FromMilliseconds(1),
        _ => null,
    };
}
