using System.Globalization;
using System.Text;
using DataMesh.Core.Errors;
using DataMesh.Formats.Csv;
using DataMesh.Formats.Json;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Logs;

/// <summary>The form of log lines in which every value has its name: <c>level=info msg="it works" ms=5</c>. Columns are found as in NDJSON.</summary>
internal static class Logfmt
{
    /// <summary>Its name as a pattern.</summary>
    public const string Name = "logfmt";

    /// <summary>What is kept with a record, to decode it alone.</summary>
    public const string RecordFormat = """{"format":"log","pattern":"logfmt"}""";

    /// <summary>Lines of which fewer than so many pairs are made may as well be settings, or anything else with an equals sign.</summary>
    private const int SurePairs = 3;

    /// <summary>How the lines are read.</summary>
    public static JsonDialect DialectOf(FormatOptions options) => new(null, options.Types, CsvFormat.FindZone(options.TimeZone));

    /// <summary>Share of the lines that are surely of this form: several pairs, and nothing else.</summary>
    public static double Share(IReadOnlyList<string> lines) => lines.Count == 0 ? 0 : (double)lines.Count(IsSure) / lines.Count;

    /// <summary>Infers the columns of the lines.</summary>
    public static unsafe FormatDescription Describe(LogFormat format, FileHead head, IReadOnlyList<string> lines, FormatOptions options)
    {
        var inference = new JsonInference();
        string? problem = null;
        foreach (var line in lines)
        {
            var text = Encoding.UTF8.GetBytes(line);
            var record = new byte[LogfmtLine.RoomFor(text.Length) + TextBlock.Slack];
            var length = LogfmtLine.Write(text, record, out var wrong, out _, out _);
            fixed (byte* start = record)
                if (length > 0) inference.Add(start, start + length, out wrong);
            problem ??= wrong;
        }

        if (inference.Records == 0)
            throw new DataMeshException("No line of the file is made of key=value pairs.", new Location(head.Path), problem, "compare the pattern with the lines");
        var facts = new Dictionary<string, string>
        {
            ["pattern"] = Name,
            ["matching lines in sample"] = string.Create(CultureInfo.InvariantCulture, $"{inference.Records} of {lines.Count}"),
        };
        return new FormatDescription(format, inference.ToSchema(options.Types, head.Path), DialectOf(options), head.Text, facts) { RecordEnd = '\n', MembersVary = true };
    }

    private static bool IsSure(string line)
    {
        var text = Encoding.UTF8.GetBytes(line);
        var length = LogfmtLine.Write(text, new byte[LogfmtLine.RoomFor(text.Length)], out _, out var pairs, out var bare);
        return length > 0 && pairs >= SurePairs && bare == 0;
    }
}
