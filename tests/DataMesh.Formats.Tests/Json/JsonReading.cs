using System.Text;
using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats.Json;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Tests.Json;

/// <summary>Reads a text through the format as the runtime would, and keeps everything that came out.</summary>
internal sealed class JsonReading : DecodeOutput
{
    private readonly bool _needsOrigin;

    private JsonReading(bool needsOrigin) => _needsOrigin = needsOrigin;

    /// <summary>One line of values a row, <c>name=value</c>; nulls are left out.</summary>
    public List<string> Rows { get; } = [];

    public List<(string Record, long Position, string Reason, string Detail)> BadRecords { get; } = [];

    public List<(string Column, DataType Type)> Widened { get; } = [];

    public List<(string Column, DataType Type, long Count, long First)> Unknown { get; } = [];

    /// <summary>Position and bytes of the record behind each row.</summary>
    public List<(long Position, string Record)> Origins { get; } = [];

    /// <summary>Start and end of each block.</summary>
    public List<(long Start, long End)> Blocks { get; } = [];

    public FormatDescription Description { get; private set; } = null!;

    public override bool NeedsOrigin => _needsOrigin;

    public static async Task<JsonReading> ReadAsync(
        string text, FormatOptions? options = null, Schema? schema = null, bool widening = false, int[]? columns = null,
        int blockBytes = Limits.BlockBytes, bool needsOrigin = false, long from = 0, JsonFormat? format = null) =>
        await ReadAsync(Encoding.UTF8.GetBytes(text), options, schema, widening, columns, blockBytes, needsOrigin, from, format);

    public static async Task<JsonReading> ReadAsync(
        byte[] text, FormatOptions? options = null, Schema? schema = null, bool widening = false, int[]? columns = null,
        int blockBytes = Limits.BlockBytes, bool needsOrigin = false, long from = 0, JsonFormat? format = null)
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, text);
            return await ReadFileAsync(path, options, schema, widening, columns, blockBytes, needsOrigin, from, format);
        }
        finally
        {
            File.Delete(path);
        }
    }

    public static async Task<JsonReading> ReadFileAsync(
        string path, FormatOptions? options = null, Schema? schema = null, bool widening = false, int[]? columns = null,
        int blockBytes = Limits.BlockBytes, bool needsOrigin = false, long from = 0, JsonFormat? format = null)
    {
        format ??= new JsonFormat();
        options ??= new FormatOptions();
        var reading = new JsonReading(needsOrigin) { Description = format.Describe(schema is null ? TextHead.Read(path, encoding: "utf-8") : Head(path, format, options), options) };
        var plan = new DecodePlan(schema ?? reading.Description.Schema, widening, columns);
        var split = new Split("0", "input.json", 0, -1, new FileInfo(path).Length, "");
        await using var reader = await format.OpenAsync(new FileToOpen(path, split, from, blockBytes), reading.Description, plan, CancellationToken.None);
        var decoder = reader.CreateDecoder();
        while (await reader.ReadAsync(CancellationToken.None) is { } block)
        {
            reading.Blocks.Add((block.Start, block.End));
            decoder.Decode(block, reading);
            block.Dispose();
        }

        return reading;
    }

    /// <summary>With a schema given, the text may be broken all through: what is described then is a good one of the same layout.</summary>
    private static FileHead Head(string path, JsonFormat format, FormatOptions options) =>
        format == JsonFormat.Lines ? new FileHead(path, "{}"u8.ToArray(), true, new TextEncoding())
        : options.RecordPath == "$[*]" ? new FileHead(path, "[{}]"u8.ToArray(), true, new TextEncoding())
        : TextHead.Read(path, encoding: "utf-8");

    public override void Emit(RecordBatch batch)
    {
        for (var row = 0; row < batch.Length; row++)
        {
            var values = batch.Schema.Select((field, i) => (field.Name, Value: ValueText.Format(batch[i], row))).Where(each => each.Value is not null);
            Rows.Add(string.Join(" ", values.Select(each => $"{each.Name}={each.Value}")));
            if (batch.Origin is not { } origin) continue;
            var record = origin.RecordOf(row);
            Origins.Add((origin.Block.RecordPosition(record), Encoding.UTF8.GetString(origin.Block.RecordBytes(record))));
        }

        batch.Dispose();
    }

    public override void Bad(ReadOnlySpan<byte> record, long position, string reason, string detail) =>
        BadRecords.Add((Encoding.UTF8.GetString(record), position, reason, detail));

    public override void Widen(string column, DataType type) => Widened.Add((column, type));

    public override void UnknownColumn(string column, DataType type, long count, long firstPosition) =>
        Unknown.Add((column, type, count, firstPosition));
}
