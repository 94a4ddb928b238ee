using System.Globalization;

namespace DataMesh.Core.Pipelines;

/// <summary>Checks the fields of a cron expression: numbers in range, ranges that go upwards, steps above zero.</summary>
internal static class CronFields
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private static readonly Field[] All =
    [
        new("second", 0, 59), new("minute", 0, 59), new("hour", 0, 23), new("day of month", 1, 31), new("month", 1, 12, Months, 1), new("day of week", 0, 7, Days),
    ];

    /// <summary>What is wrong with five fields, or six with seconds; null when nothing is.</summary>
    public static string? Check(IReadOnlyList<string> fields) => fields.Zip(All.Skip(All.Length - fields.Count), CheckField).FirstOrDefault(why => why is not null);

    private static string? CheckField(string text, Field field) => text.Split(',').Select(part => CheckPart(part, field)).FirstOrDefault(why => why is not null);

    private static string? CheckPart(string part, Field field)
    {
        var slash = part.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && (!int.TryParse(part[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var step) || step < 1 || step > field.Max))
            return $"the step '{part[(slash + 1)..]}' of the {field.Name} is not a number from 1 to {field.Max}";
        var range = slash >= 0 ? part[..slash] : part;
        if (range is "*" or "?") return null;
        var ends = range.Split('-');
        if (ends.Length > 2) return $"'{range}' is no range of the {field.Name}";
        var values = new List<int>();
        foreach (var end in ends)
        {
            if (field.ValueOf(end) is not { } value) return $"'{end}' is no {field.Name}: it goes from {field.Min} to {field.Max}{field.NamesHint}";
            values.Add(value);
        }

        // A range may end on a Sunday, which is both the first and the last day.
        var last = values[^1] == 0 && values.Count == 2 && field.Names == Days ? 7 : values[^1];
        return values[0] > last ? $"the range '{range}' of the {field.Name} goes backwards" : null;
    }

    private sealed record Field(string Name, int Min, int Max, string[]? Names = null, int FirstName = 0)
    {
        public string NamesHint => Names is null ? "" : $", or {Names[0]} to {Names[^1]}";

        public int? ValueOf(string text)
        {
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number >= Min && number <= Max ? number : null;
            var at = Names is null ? -1 : Array.FindIndex(Names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
            return at < 0 ? null : at + FirstName;
        }
    }
}
