using System.Globalization;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Json;

/// <summary>
/// JSON: one object a line (NDJSON), an array of objects, objects one after the other, or a document that holds its records under a path.
/// Nested objects become dotted columns, arrays stay json.
/// </summary>
public sealed class JsonFormat : FileFormat
{
    /// <summary>A JSON record says all of itself.</summary>
    internal const string RecordsAlone = """{"format":"json"}""";

    private const int SampledRecordsMax = 20_000;
    private readonly bool _linesOnly;

    /// <summary>Any form of JSON.</summary>
    public JsonFormat() : this(false)
    {
    }

    private JsonFormat(bool linesOnly) => _linesOnly = linesOnly;

    /// <summary>One object a line, whatever the head looks like. It never recognises a file by itself.</summary>
    public static JsonFormat Lines { get; } = new(true);

    /// <inheritdoc/>
    public override string Name => _linesOnly ? "ndjson" : "json";

    /// <inheritdoc/>
    public override unsafe double Recognise(FileHead head)
    {
        if (_linesOnly) return 0;
        fixed (byte* text = JsonScan.Padded(head))
        {
            var end = text + head.Bytes.Length;
            var start = JsonScan.SkipSpace(text, end);
            if (end - start < 2 || *start is not ((byte)'{' or (byte)'[')) return 0;
            var inner = JsonScan.SkipSpace(start + 1, end);
            if (inner == end) return 0;
            if (*start == '{' ? *inner is not ((byte)'"' or (byte)'}') : *inner is not ((byte)'{' or (byte)']')) return 0;
            var cursor = new JsonCursor(start, end);
            if (cursor.ReadNested(out _, 1)) return 0.99;
            // A long document goes on beyond the head; a short one that can not be read may be anything.
            return cursor.At >= end - 8 || cursor.Reason == QuarantineReasons.TooDeep ? 0.9 : 0.5;
        }
    }

    /// <inheritdoc/>
    public override FormatDescription Describe(FileHead head, FormatOptions options)
    {
        string fact;
        JsonPath? path;
        if (options.RecordPath is not null) (path, fact) = (JsonPath.Parse(options.RecordPath), "as declared");
        else if (_linesOnly) (path, fact) = (null, "one record a line");
        else path = JsonLayout.Find(head, out fact);

        var inference = new JsonInference();
        var bad = new JsonSample(inference).Read(head, path, SampledRecordsMax);
        var schema = inference.ToSchema(options.Types, head.Path);
        var facts = new Dictionary<string, string>
        {
            ["format"] = path is null ? "ndjson" : "json",
            ["records"] = path is null ? fact : $"{path} ({fact})",
            ["encoding"] = head.Text.Encoding,
            ["compression"] = head.Text.Compression,
            ["sampled records"] = inference.Records.ToString(CultureInfo.InvariantCulture),
        };
        if (bad > 0) facts["bad records in sample"] = bad.ToString(CultureInfo.InvariantCulture);
        return new FormatDescription(this, schema, new JsonDialect(path, options.Types, FindZone(options.TimeZone)), head.Text, facts)
        {
            RecordEnd = path is null ? '\n' : -1,
            MembersVary = true,
            HoldsNothing = inference.Records == 0 && bad == 0 && head.IsWhole,
        };
    }

    /// <inheritdoc/>
    public override async ValueTask<SplitReader> OpenAsync(FileToOpen file, FormatDescription description, DecodePlan plan, CancellationToken cancellation)
    {
        var dialect = (JsonDialect)description.Dialect;
        BlockDecoder Decoder() => new JsonBlockDecoder(plan, dialect);
        if (dialect.Path is null)
            return await TextSplitReader.OpenAsync(file, description.Text, new NewlineBoundaries(), Decoder, () => RecordsAlone, WrittenTimes.Iso(dialect.Zone), cancellation).ConfigureAwait(false);
        var input = await TextInput.OpenAsync(file.Path, description.Text, 0, cancellation).ConfigureAwait(false);
        return new JsonDocumentReader(input, dialect.Path, file, description.Text, Decoder) { Times = WrittenTimes.Iso(dialect.Zone) };
    }

    /// <inheritdoc/>
    public override SplitReader OpenRecords(KeptRecords kept, FormatOptions options, DecodePlan plan)
    {
        var dialect = new JsonDialect(null, options.Types, FindZone(options.TimeZone));
        return new KeptRecordReader(kept.SourceId, kept.Format, kept.Records, new RecordLayout((byte)'\n', 0, AreMarked: true), () => new JsonBlockDecoder(plan, dialect));
    }

    private static TimeZoneInfo? FindZone(string name)
    {
        if (name is "UTC" or "Etc/UTC" or "Z") return null;
        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
            ? zone
            : throw new DataMeshException($"There is no time zone '{name}'.", hint: "write an IANA name such as Europe/Berlin or UTC");
    }
}
