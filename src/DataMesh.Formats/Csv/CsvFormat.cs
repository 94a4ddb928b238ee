using System.Globalization;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Csv;

/// <summary>Text with delimited fields: RFC 4180 and its relatives.</summary>
public sealed class CsvFormat : FileFormat
{
    /// <inheritdoc/>
    public override string Name => "csv";

    /// <inheritdoc/>
    public override double Recognise(FileHead head)
    {
        var text = head.Bytes.Span;
        if (text.IsEmpty || TextDetection.LooksBinary(text)) return 0;
        if (Path.GetFileName(head.Path) is { } name && (name.Contains(".csv", StringComparison.OrdinalIgnoreCase) || name.Contains(".tsv", StringComparison.OrdinalIgnoreCase))) return 0.9;
        var fit = CsvDetection.Detect(text[..Math.Min(text.Length, 64 << 10)], head.IsWhole && text.Length <= 64 << 10, new FormatOptions());
        return fit.Fields < 2 ? 0.2 : 0.7 * fit.Consistency;
    }

    /// <inheritdoc/>
    public override FormatDescription Describe(FileHead head, FormatOptions options)
    {
        // A format is asked for what it did not recognise only when it was declared: control characters stay in the values then.
        if (TextDetection.IsBinary(head.Bytes.Span))
            throw new DataMeshException("The file is not text, and can not be read as CSV.", new Location(head.Path), "Much of its head is control characters.", "look at the file: it may have another format, another encoding or a compression of its own; leave it out of 'path' if it is no data");
        var fit = CsvDetection.Detect(head.Bytes.Span, head.IsWhole, options);
        var dialect = fit.Dialect with { TimeZone = FindZone(options.TimeZone) };
        var found = CsvInference.Infer(head, dialect, options);
        return new FormatDescription(this, found.Schema, found.Dialect, head.Text, Facts(found)) { RecordEnd = found.Dialect.Terminator };
    }

    /// <inheritdoc/>
    public override ValueTask<SplitReader> OpenAsync(FileToOpen file, FormatDescription description, DecodePlan plan, CancellationToken cancellation)
    {
        var dialect = (CsvDialect)description.Dialect;
        RecordBoundaries boundaries = dialect.QuotedNewlines && dialect.Quote != 0 ? new CsvBoundaries(dialect) : new NewlineBoundaries(dialect.Terminator);
        var from = file with { From = Math.Max(file.From, dialect.DataStart) };
        return TextSplitReader.OpenAsync(from, description.Text, boundaries, () => new CsvDecoder(dialect, description.Schema, plan), () => CsvRecordFormat.Write(dialect, description.Schema), new WrittenTimes(dialect.DateLayouts, dialect.TimeZone), cancellation);
    }

    /// <inheritdoc/>
    public override SplitReader OpenRecords(KeptRecords kept, FormatOptions options, DecodePlan plan)
    {
        var (dialect, file) = CsvRecordFormat.Read(kept.Json, options);
        var layout = new RecordLayout(dialect.Terminator, dialect.Quote, AreMarked: false);
        return new KeptRecordReader(kept.SourceId, kept.Format, kept.Records, layout, () => new CsvDecoder(dialect, file, plan));
    }

    /// <summary>A zone by its IANA name.</summary>
    internal static TimeZoneInfo FindZone(string name)
    {
        if (name is "UTC" or "Z" or "") return TimeZoneInfo.Utc;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)) return zone;
        throw new DataMeshException($"There is no time zone '{name}'.", hint: Nearest.Find(name, TimeZoneInfo.GetSystemTimeZones().Select(each => each.Id)) is { } near
            ? $"did you mean '{near}'?" : "write the IANA name of a zone, such as Europe/Oslo, or UTC");
    }

    private static Dictionary<string, string> Facts(CsvInference.Result found)
    {
        var dialect = found.Dialect;
        var facts = new Dictionary<string, string>
        {
            ["delimiter"] = Show(dialect.Delimiter),
            ["quote"] = dialect.Quote == 0 ? "none" : Show(dialect.Quote),
            ["header"] = dialect.HasHeader ? "yes" : "no",
        };
        if (dialect.Comment.Length > 0) facts["comment"] = System.Text.Encoding.UTF8.GetString(dialect.Comment);
        if (dialect.Terminator == '\r') facts["line_end"] = "carriage return";
        foreach (var (column, layout) in dialect.DateLayouts)
        {
            if (found.Schema.TryGet(column, out var field) && field.Type.Kind is TypeKind.Date or TypeKind.Timestamp) facts[$"dates in {column}"] = layout.ToString();
        }

        if (found.AmbiguousDates.Count > 0) facts["ambiguous_dates"] = string.Join(", ", found.AmbiguousDates);
        return facts;
    }

    private static string Show(byte each) => each switch
    {
        (byte)'\t' => "tab",
        < 0x20 => "0x" + each.ToString("x2", CultureInfo.InvariantCulture),
        _ => ((char)each).ToString(),
    };
}
