using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DataMesh.Core.Columns;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Csv;

/// <summary>
/// What is needed to decode one record of a CSV file without the file: delimiter, quote, header, words for null, layouts of dates. It is kept beside every
/// record that is set aside.
/// </summary>
internal static class CsvRecordFormat
{
    /// <summary>As JSON. Persisted: members are added, never renamed.</summary>
    public static string Write(CsvDialect dialect, Schema file)
    {
        var json = new JsonObject
        {
            ["format"] = "csv",
            ["delimiter"] = Text(dialect.Delimiter),
            ["header"] = new JsonArray([.. file.Names.Select(name => (JsonNode)name)]),
        };
        if (dialect.Quote != '"') json["quote"] = Text(dialect.Quote);
        if (dialect.Terminator != '\n') json["line_end"] = Text(dialect.Terminator);
        AddFields(json, dialect);
        return json.ToJsonString(JsonOptions);
    }

    /// <summary>How text is written inside the JSON.</summary>
    public static JsonSerializerOptions JsonOptions { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Adds what fields need, whatever separates them.</summary>
    public static void AddFields(JsonObject json, CsvDialect dialect)
    {
        if (dialect.NullValues.Count > 0) json["null_values"] = new JsonArray([.. dialect.NullValues.Select(value => (JsonNode)Encoding.UTF8.GetString(value))]);
        if (dialect.DateLayouts.Count == 0) return;
        json["dates"] = new JsonObject(dialect.DateLayouts.Select(each => KeyValuePair.Create(each.Key, (JsonNode?)each.Value.ToString())));
    }

    /// <summary>The dialect and the columns. What the pipeline file says now goes first: a wrong delimiter or a missing word for null can be mended.</summary>
    public static (CsvDialect Dialect, Schema File) Read(JsonObject json, FormatOptions options)
    {
        var delimiter = Byte(json["delimiter"], ',');
        var header = json["header"] is JsonArray names ? names.Select(name => name!.GetValue<string>()).ToList() : [];
        if (options.Delimiter is { } declared && declared != delimiter)
        {
            header = [.. string.Join((char)delimiter, header).Split(declared)];
            delimiter = (byte)declared;
        }

        var dialect = ReadFields(json, options) with
        {
            Delimiter = delimiter,
            Quote = (byte?)options.Quote ?? Byte(json["quote"], '"'),
            Terminator = Byte(json["line_end"], '\n'),
            FieldCount = header.Count,
        };
        return (dialect, new Schema(header.Select(name => new Field(name, options.Types.GetValueOrDefault(name, DataType.String)))));
    }

    /// <summary>What fields need.</summary>
    public static CsvDialect ReadFields(JsonObject json, FormatOptions options)
    {
        var nulls = json["null_values"] is JsonArray kept ? kept.Select(value => value!.GetValue<string>()) : [];
        var layouts = new Dictionary<string, DateLayout>(StringComparer.OrdinalIgnoreCase);
        if (json["dates"] is JsonObject dates)
        {
            foreach (var (column, text) in dates)
                if (DateLayout.All.FirstOrDefault(layout => layout.ToString() == text!.GetValue<string>()) is var layout && layout != default) layouts[column] = layout;
        }

        return new CsvDialect
        {
            NullValues = [.. nulls.Union(options.NullValues).Select(Encoding.UTF8.GetBytes)],
            DateLayouts = layouts,
            Declared = options.Types.Keys.ToHashSet(StringComparer.OrdinalIgnoreCase),
            TimeZone = CsvFormat.FindZone(options.TimeZone),
            Comment = options.Comment is { } comment ? Encoding.UTF8.GetBytes(comment) : [],
        };
    }

    private static string Text(byte character) => character == 0 ? "" : ((char)character).ToString();

    private static byte Byte(JsonNode? node, char otherwise) => node?.GetValue<string>() switch
    {
        null => (byte)otherwise,
        "" => 0,
        var text => (byte)text[0],
    };
}
