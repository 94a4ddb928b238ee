using System.Buffers;
using System.Text.Json;
using DataMesh.Core;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Quarantine;

/// <summary>Makes bad records out of rows and raw bytes, keeping no more of a record than the limit.</summary>
internal static class BadRows
{
    /// <summary>A row that a stage refused: its source record where that is known, else its values as JSON.</summary>
    /// <param name="batch">The batch as it came into the stage.</param>
    /// <param name="row">The row.</param>
    /// <param name="reason">Why.</param>
    /// <param name="rule">By which rule.</param>
    /// <param name="detail">What was wrong.</param>
    /// <param name="node">Number of the stage.</param>
    /// <param name="isOneRecord">Whether the row is one source record that went no other way, so that it can come back as that record.</param>
    public static BadRecord From(RecordBatch batch, int row, string reason, string? rule, string? detail, int node, bool isOneRecord)
    {
        if (batch.Origin is not { } origin)
            return Cut(Json(batch, row), reason, rule, detail, node, null, -1) with { IsRow = true };
        var record = origin.RecordOf(row);
        var bad = Cut(origin.Block.RecordBytes(record), reason, rule, detail, node, origin.Block.SourceName, origin.Block.RecordPosition(record)) with
        {
            Form = origin.Block.Form,
            Record = record,
        };
        return isOneRecord && origin.Block.Form is not { AreRows: true } ? bad : AsRow(bad, Json(batch, row));
    }

    /// <summary>A record that could not be decoded. <paramref name="isCut"/>: these are only its first bytes.</summary>
    public static BadRecord Cut(
        ReadOnlySpan<byte> bytes, string reason, string? rule, string? detail, int node, string? source, long position, bool isCut = false)
    {
        var fits = bytes.Length <= Limits.QuarantineBytesKeptMax;
        return new BadRecord((fits ? bytes : bytes[..Limits.QuarantineBytesKeptMax]).ToArray(), fits && !isCut, reason, rule, detail, node, source, position);
    }

    private static BadRecord AsRow(BadRecord bad, ReadOnlySpan<byte> json) => json.Length <= Limits.QuarantineBytesKeptMax
        ? bad with { IsRow = true, Row = json.ToArray() }
        : bad with { IsRow = true, IsWhole = false };

    private static ReadOnlySpan<byte> Json(RecordBatch batch, int row)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes)) JsonRows.WriteRow(batch, row, writer);
        return bytes.WrittenSpan;
    }
}
