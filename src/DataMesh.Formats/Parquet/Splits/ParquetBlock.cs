using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Splits;

/// <summary>
/// Rows of one row group, still in the file. The original of a record is the row with all its columns as JSON: the rows are read for it
/// when the first one is asked for.
/// </summary>
internal sealed class ParquetBlock(SharedFile file, int rowGroup, long from, long to, long bytes) : SourceBlock
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Lock _gate = new();
    private List<RecordBatch>? _rows;

    public int RowGroup { get; } = rowGroup;

    /// <summary>First row inside the row group.</summary>
    public long From { get; } = from;

    /// <summary>Row of the row group after the last one.</summary>
    public long To { get; } = to;

    /// <inheritdoc/>
    public override long ByteSize { get; } = bytes;

    /// <inheritdoc/>
    public override long RecordPosition(int record) => Start + record;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> RecordBytes(int record)
    {
        lock (_gate)
        {
            _rows ??= [.. file.File.Read(RowGroup, null, From, To)];
            foreach (var batch in _rows)
            {
                if (record < batch.Length) return Render(batch, record);
                record -= batch.Length;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(record));
    }

    /// <inheritdoc/>
    protected override void Release()
    {
        foreach (var batch in _rows ?? []) batch.Dispose();
        file.Dispose();
    }

    private static ReadOnlySpan<byte> Render(RecordBatch batch, int row)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(bytes, Relaxed);
        writer.WriteStartObject();
        for (var i = 0; i < batch.Schema.Count; i++)
        {
            writer.WritePropertyName(batch.Schema[i].Name);
            if (batch[i].IsNull(row)) writer.WriteNullValue();
            else Reading.JsonValueWriter.Write(batch[i], row, writer);
        }

        writer.WriteEndObject();
        writer.Flush();
        return bytes.WrittenSpan;
    }
}
