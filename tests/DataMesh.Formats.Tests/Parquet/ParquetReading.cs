using System.Text;
using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats.Parquet;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Tests.Parquet;

/// <summary>Reads a Parquet file through the format as the runtime would, with two decoders in turn, and keeps everything that came out.</summary>
internal sealed class ParquetReading(bool needsOrigin) : DecodeOutput
{
    private static readonly ParquetFormat Format = new();

    /// <summary>One line of values a row.</summary>
    public List<string> Rows { get; } = [];

    public List<(string Record, long Position, string Reason, string Detail)> BadRecords { get; } = [];

    public Dictionary<string, DataType> Widened { get; } = [];

    public List<(string Column, DataType Type, long Count, long First)> Unknown { get; } = [];

    /// <summary>Position and bytes of the record behind each row.</summary>
    public List<(long Position, string Record)> Origins { get; } = [];

    /// <summary>Start and end of each block.</summary>
    public List<(long Start, long End)> Blocks { get; } = [];

    public override bool NeedsOrigin => needsOrigin;

    public static FormatDescription Describe(string path, FormatOptions? options = null) => Format.Describe(TextHead.Read(path), options ?? new FormatOptions());

    public static async Task<ParquetReading> ReadAsync(
        string path, Schema? schema = null, bool widening = false, int[]? columns = null, FormatOptions? options = null, bool needsOrigin = false, long from = 0)
    {
        var description = Describe(path, options);
        var reading = new ParquetReading(needsOrigin);
        var split = new Split("0", "input.parquet", 0, -1, new FileInfo(path).Length, "");
        await using var reader = await Format.OpenAsync(new FileToOpen(path, split, from, Limits.BlockBytes), description, new DecodePlan(schema ?? description.Schema, widening, columns), default);
        BlockDecoder[] decoders = [reader.CreateDecoder(), reader.CreateDecoder()];
        while (await reader.ReadAsync(default) is { } block)
        {
            reading.Blocks.Add((block.Start, block.End));
            decoders[block.Sequence % 2].Decode(block, reading);
            block.Dispose();
        }

        return reading;
    }

    public override void Emit(RecordBatch batch)
    {
        Rows.AddRange(ParquetTestData.Texts(batch));
        for (var row = 0; row < batch.Length && batch.Origin is not null; row++)
        {
            var record = batch.Origin.RecordOf(row);
            Origins.Add((batch.Origin.Block.RecordPosition(record), Encoding.UTF8.GetString(batch.Origin.Block.RecordBytes(record))));
        }

        batch.Dispose();
    }

    public override void Bad(ReadOnlySpan<byte> record, long position, string reason, string detail) =>
        BadRecords.Add((Encoding.UTF8.GetString(record), position, reason, detail));

    public override void Widen(string column, DataType type) => Widened[column] = type;

    public override void UnknownColumn(string column, DataType type, long count, long firstPosition) => Unknown.Add((column, type, count, firstPosition));
}
