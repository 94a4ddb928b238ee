using System.Buffers;
using System.Text.Json;
using DataMesh.Core;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Quarantine;

/// <summary>Makes bad records out of rows and raw bytes, keeping no more of a record than the limit.</summary>
internal static class BadRows
{
    /// <summary>A row that a stage refused: its source record where that is known, else its values as JSON.</summary>
    public static BadRecord From(RecordBatch batch, int row, string reason, string? rule, string? detail, int node)
    {
        if (batch.Origin is not { } origin)
            return Cut(Json(batch, row), reason, rule, detail, node, null, -1);
        var record = origin.RecordOf(row);
        return Cut(origin.Block.RecordBytes(record), reason, rule, detail, node, origin.Block.SourceName, origin.Block.RecordPosition(record));
    }

    /// <summary>A record that could not be decoded.</summary>
    public static BadRecord Cut(ReadOnlySpan<byte> bytes, string reason, string? rule, string? detail, int node, string? source, long position)
    {
        var whole = bytes.Length <= Limits.QuarantineBytesKeptMax;
        return new BadRecord((whole ? bytes : bytes[..Limits.QuarantineBytesKeptMax]).ToArray(), whole, reason, rule, detail, node, source, position);
    }

    private static ReadOnlySpan<byte> Json(RecordBatch batch, int row)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes)) JsonRows.WriteRow(batch, row, writer);
        return bytes.WrittenSpan;
    }
}
