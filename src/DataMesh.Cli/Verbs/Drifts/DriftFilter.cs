using System.CommandLine;
using System.Globalization;
using DataMesh.Core.Components;
using DataMesh.Core.Drift;
using DataMesh.Core.Errors;
using DataMesh.Runtime.Drift;

namespace DataMesh.Cli.Verbs.Drifts;

/// <summary>The filters of <c>drift list</c>.</summary>
internal sealed class DriftFilter
{
    private static readonly string[] Words = [.. Enum.GetNames<DriftKind>().Select(Naming.SnakeCase)];

    /// <summary>A kind of change.</summary>
    public Option<string?> Kind { get; } = new("--kind") { Description = $"Only changes of this kind: {string.Join(", ", Words)}.", HelpName = "KIND" };

    /// <summary>A column, under its old or new name.</summary>
    public Option<string?> Column { get; } = new("--column") { Description = "Only changes of this column.", HelpName = "NAME" };

    /// <summary>A time.</summary>
    public Option<string?> Since { get; } = new("--since") { Description = "Only changes met since then: a time, or a length of time such as 7d.", HelpName = "WHEN" };

    /// <summary>The filter that the command line asks for.</summary>
    public Func<NumberedDrift, bool> Read(ParseResult parsed, DateTimeOffset now)
    {
        var kind = ReadKind(parsed.GetValue(Kind));
        var column = parsed.GetValue(Column);
        var since = ReadTime(parsed.GetValue(Since), now);
        return each => (kind is null || each.Event.Kind == kind)
            && (column is null || Is(each.Event.Column, column) || (each.Event.Kind == DriftKind.ColumnRenamed && Is(each.Event.After, column)))
            && (since is null || each.Event.At >= since);
    }

    private static bool Is(string? name, string column) => name is not null && name.Equals(column, StringComparison.OrdinalIgnoreCase);

    private static DriftKind? ReadKind(string? word)
    {
        if (word is null) return null;
        var at = Array.IndexOf(Words, word);
        return at >= 0 ? Enum.GetValues<DriftKind>()[at] : throw new DataMeshException($"There is no kind of change '{word}'.", hint: Nearest.Hint(word, Words));
    }

    private static DateTimeOffset? ReadTime(string? text, DateTimeOffset now)
    {
        if (text is null) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return time;
        if (text.Length > 1 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
        {
            TimeSpan? unit = text[^1] switch { 's' => TimeSpan.FromSeconds(1), 'm' => TimeSpan.FromMinutes(1), 'h' => TimeSpan.FromHours(1), 'd' => TimeSpan.FromDays(1), _ => null };
            if (unit is { } length) return now - length * count;
        }

        throw new DataMeshException($"'{text}' is no time.", hint: "write for example 2024-05-01, 2024-05-01T12:00:00Z, 90m, 12h or 7d");
    }
}
