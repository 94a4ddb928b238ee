using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats.Csv;
using DataMesh.Formats.Json;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Logs;

/// <summary>Log lines of a named or declared form.</summary>
public sealed class LogFormat : FileFormat
{
    private const int LinesLookedAt = 100;
    private const int SampledLinesMax = 5_000;
    private const double SureShare = 0.8;

    /// <summary>A log may be full of other lines. With fewer of one form than this it may as well be another kind of file with a log's lines in it.</summary>
    private const double WeakShare = 0.3;

    /// <inheritdoc/>
    public override string Name => "log";

    /// <inheritdoc/>
    public override double Recognise(FileHead head)
    {
        if (head.Bytes.IsEmpty || TextDetection.LooksBinary(head.Bytes.Span)) return 0;
        if (Find(head, out var share) is null) return Logfmt.Share(Lines(head, LinesLookedAt)) is >= SureShare and var sure ? 0.95 * sure : 0;
        // Among other lines, a form is still better evidence than text without delimiters, and worse than fields that nearly all records have.
        return share >= SureShare ? 0.95 * share : 0.25 + 0.3 * share;
    }

    /// <inheritdoc/>
    public override FormatDescription Describe(FileHead head, FormatOptions options)
    {
        if (options.Pattern == Logfmt.Name) return Logfmt.Describe(this, head, Lines(head, SampledLinesMax), options);
        var pattern = options.Pattern is { } declared ? LogPatterns.Compile(declared) : Find(head, out _);
        if (pattern is null && Logfmt.Share(Lines(head, LinesLookedAt)) >= SureShare) return Logfmt.Describe(this, head, Lines(head, SampledLinesMax), options);
        if (pattern is null)
            throw new DataMeshException("The form of the log lines is not known.", new Location(head.Path), FirstLine(head),
                $"say it with 'pattern': one of {string.Join(", ", LogPatterns.Named.Keys)}, {Logfmt.Name}, words such as %{{IP:client}}, or a regular expression with named groups");
        var fields = new CsvDialect
        {
            Quote = 0,
            FieldCount = pattern.Fields.Count,
            NullValues = ["-"u8.ToArray(), .. options.NullValues.Select(Encoding.UTF8.GetBytes)],
            TimeZone = CsvFormat.FindZone(options.TimeZone),
            Declared = options.Types.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase),
        };
        var schema = Infer(head, pattern, fields, options, out var layouts, out var matched, out var lines);
        if (matched == 0) throw new DataMeshException($"No line matches the log pattern '{pattern.Name}'.", new Location(head.Path), FirstLine(head), "compare the pattern with the line");
        var facts = new Dictionary<string, string>
        {
            ["pattern"] = pattern.Name,
            ["matching lines in sample"] = string.Create(CultureInfo.InvariantCulture, $"{matched} of {lines}"),
        };
        return new FormatDescription(this, schema, new LogDialect(pattern, fields with { DateLayouts = layouts }), head.Text, facts) { RecordEnd = '\n' };
    }

    /// <inheritdoc/>
    public override ValueTask<SplitReader> OpenAsync(FileToOpen file, FormatDescription description, DecodePlan plan, CancellationToken cancellation) =>
        description.Dialect is JsonDialect pairs
            ? TextSplitReader.OpenAsync(file, description.Text, new NewlineBoundaries(), () => new LogfmtDecoder(plan, pairs), () => Logfmt.RecordFormat, WrittenTimes.Iso(pairs.Zone), cancellation)
            : TextSplitReader.OpenAsync(file, description.Text, new NewlineBoundaries(), () => new LogDecoder((LogDialect)description.Dialect, description.Schema, plan),
                () => Kept((LogDialect)description.Dialect), ((LogDialect)description.Dialect).Times, cancellation);

    /// <inheritdoc/>
    public override SplitReader OpenRecords(KeptRecords kept, FormatOptions options, DecodePlan plan)
    {
        var name = options.Pattern ?? kept.Json["pattern"]!.GetValue<string>();
        var layout = new RecordLayout((byte)'\n', 0, AreMarked: false);
        if (name == Logfmt.Name) return new KeptRecordReader(kept.SourceId, kept.Format, kept.Records, layout, () => new LogfmtDecoder(plan, Logfmt.DialectOf(options)));
        var pattern = LogPatterns.Compile(name);
        var dialect = new LogDialect(pattern, CsvRecordFormat.ReadFields(kept.Json, options) with { Quote = 0, FieldCount = pattern.Fields.Count });
        var file = new Schema(pattern.Fields.Select(name => new Field(name, options.Types.GetValueOrDefault(name, DataType.String))));
        return new KeptRecordReader(kept.SourceId, kept.Format, kept.Records, layout, () => new LogDecoder(dialect, file, plan));
    }

    private static string Kept(LogDialect dialect)
    {
        var json = new JsonObject { ["format"] = "log", ["pattern"] = dialect.Pattern.Name };
        CsvRecordFormat.AddFields(json, dialect.Fields);
        return json.ToJsonString(CsvRecordFormat.JsonOptions);
    }

    /// <summary>The first named form that nearly all lines have, else the one that most have, if enough of them do.</summary>
    private static LogPattern? Find(FileHead head, out double share)
    {
        share = 0;
        var lines = Lines(head, LinesLookedAt);
        if (lines.Count == 0) return null;
        LogPattern? best = null;
        foreach (var name in LogPatterns.Named.Keys)
        {
            // Most files are no logs at all: an automaton is built only for a form that the lines may have.
            if (lines.Count(line => LogPatterns.MayMatch(name, line)) < lines.Count * WeakShare) continue;
            var pattern = LogPatterns.Compile(name);
            var matching = (double)lines.Count(pattern.Regex.IsMatch) / lines.Count;
            if (matching < WeakShare || matching <= share) continue;
            (best, share) = (pattern, matching);
            if (share >= SureShare) break;
        }

        return best;
    }

    private static Schema Infer(FileHead head, LogPattern pattern, CsvDialect dialect, FormatOptions options, out Dictionary<string, DateLayout> layouts, out int matched, out int count)
    {
        var evidence = pattern.Fields.Select(_ => new ColumnEvidence()).ToArray();
        var context = new FieldContext("", 0, dialect);
        var lines = new LogLines(pattern);
        var texts = Lines(head, SampledLinesMax);
        foreach (var line in texts) lines.TryAdd(Encoding.UTF8.GetBytes(line));
        (matched, count) = (lines.Count, texts.Count);
        for (var i = 0; i < lines.Count * evidence.Length; i++)
        {
            var at = i / evidence.Length * (evidence.Length + 1) + i % evidence.Length;
            evidence[i % evidence.Length].Add(context.Read(lines.Text.AsSpan((lines.Bounds[at] + 1)..lines.Bounds[at + 1])).Bytes);
        }

        layouts = new Dictionary<string, DateLayout>(StringComparer.OrdinalIgnoreCase);
        var declared = new Dictionary<string, DataType>(options.Types, StringComparer.OrdinalIgnoreCase);
        var fields = new List<Field>();
        for (var i = 0; i < evidence.Length; i++)
        {
            var type = evidence[i].Type(out var layout);
            if (layout != DateLayout.Iso) layouts[pattern.Fields[i]] = layout;
            fields.Add(new Field(pattern.Fields[i], declared.TryGetValue(pattern.Fields[i], out var wanted) ? wanted : type));
        }

        return new Schema(fields);
    }

    private static List<string> Lines(FileHead head, int linesMax)
    {
        var lines = new List<string>();
        var text = head.Bytes.Span;
        while (!text.IsEmpty && lines.Count < linesMax)
        {
            var end = text.IndexOf((byte)'\n');
            if (end < 0 && !head.IsWhole && lines.Count > 0) break;
            var line = TextBlock.TrimLineEnd(end < 0 ? text : text[..(end + 1)]);
            if (line.Length > 0) lines.Add(Encoding.UTF8.GetString(line));
            text = end < 0 ? default : text[(end + 1)..];
        }

        return lines;
    }

    private static string? FirstLine(FileHead head) => Lines(head, 1) is [var line] ? $"first line: {line[..Math.Min(line.Length, 200)]}" : null;
}
