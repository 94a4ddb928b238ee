using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DataMesh.Core.Columns;
using DataMesh.Formats.Parquet;

namespace DataMesh.Formats.Delta;

/// <summary>
/// The statistics that the log keeps of a file. Minimum and maximum are exact or rounded outwards, never inwards: other engines skip
/// a file by them. Timestamps are cut to milliseconds; booleans, binary and json columns only count nulls.
/// </summary>
public static class FileStatistics
{
    /// <summary>Columns with statistics when the table does not say otherwise; a log entry of very wide tables would outgrow its files.</summary>
    public const int IndexedColumnsDefault = 256;

    private const long MicrosOfYear1 = -62_135_596_800_000_000;
    private const long MicrosOfYear10000 = 253_402_300_800_000_000;

    /// <summary>The JSON of a file's facts. <paramref name="physicalName"/> gives each column its name in the log.</summary>
    public static string Write(ParquetFileFacts facts, Func<string, string> physicalName, int indexedColumns = IndexedColumnsDefault)
    {
        var columns = facts.Columns.Take(indexedColumns < 0 ? int.MaxValue : indexedColumns).ToList();
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("numRecords", facts.Rows);
            WriteBounds(json, "minValues", columns, physicalName, column => Bound(column.Field.Type, column.Min, up: false));
            WriteBounds(json, "maxValues", columns, physicalName, column => Bound(column.Field.Type, column.Max, up: true));
            json.WriteStartObject("nullCount");
            foreach (var column in columns) json.WriteNumber(physicalName(column.Field.Name), column.NullCount);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary><c>numRecords</c> of statistics JSON, or null.</summary>
    public static long? ReadRowCount(string statistics)
    {
        using var json = JsonDocument.Parse(statistics);
        return json.RootElement.TryGetProperty("numRecords", out var rows) && rows.ValueKind == JsonValueKind.Number ? rows.GetInt64() : null;
    }

    /// <summary>How many nulls a column has by parsed statistics, or null.</summary>
    public static long? ReadNullCount(JsonElement statistics, string physicalName) =>
        statistics.TryGetProperty("nullCount", out var counts) && counts.ValueKind == JsonValueKind.Object
        && counts.TryGetProperty(physicalName, out var count) && count.ValueKind == JsonValueKind.Number ? count.GetInt64() : null;

    private static void WriteBounds(Utf8JsonWriter json, string member, List<ColumnFacts> columns, Func<string, string> physicalName, Func<ColumnFacts, string?> bound)
    {
        json.WriteStartObject(member);
        foreach (var column in columns)
        {
            if (bound(column) is not { } text) continue;
            json.WritePropertyName(physicalName(column.Field.Name));
            json.WriteRawValue(text);
        }

        json.WriteEndObject();
    }

    /// <summary>A bound as JSON, or null when there is none that is safe.</summary>
    private static string? Bound(DataType type, object? value, bool up) => value switch
    {
        null => null,
        long micros when type.Kind == TypeKind.Timestamp => Timestamp(micros, up),
        long whole => whole.ToString(CultureInfo.InvariantCulture),
        int days => Date(days),
        double number => double.IsFinite(number) ? Double(number) : null,
        Int128 unscaled => Decimal(unscaled, type.Scale),
        string text when type.Kind == TypeKind.String => Quote(text),
        _ => null,
    };

    private static string Double(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;
    }

    private static string? Timestamp(long micros, bool up)
    {
        var milliseconds = Math.DivRem(micros, 1000, out var rest);
        if (rest < 0) milliseconds--;
        if (rest != 0 && up) milliseconds++;
        micros = milliseconds * 1000;
        if (micros is < MicrosOfYear1 or >= MicrosOfYear10000) return null;
        return Quote(DateTime.UnixEpoch.AddMilliseconds(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
    }

    private static string? Date(int days)
    {
        const int year1 = (int)(MicrosOfYear1 / 86_400_000_000);
        const int year10000 = (int)(MicrosOfYear10000 / 86_400_000_000);
        if (days is < year1 or >= year10000) return null;
        Span<byte> text = stackalloc byte[ValueText.FixedMax];
        return Quote(Encoding.ASCII.GetString(text[..ValueText.WriteDate(days, text)]));
    }

    private static string Decimal(Int128 unscaled, int scale)
    {
        Span<byte> text = stackalloc byte[ValueText.FixedMax];
        return Encoding.ASCII.GetString(text[..ValueText.WriteDecimal(unscaled, scale, text)]);
    }

    private static string Quote(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";
}
