using System.Buffers.Binary;
using DataMesh.Core.Columns;
using DataMesh.Formats.Parquet.Metadata;
using DataMesh.Formats.Parquet.Writing;

namespace DataMesh.Formats.Parquet;

/// <summary>Puts encoded row groups into a Parquet file, one after the other. The stream stays the caller's (flush, fsync, close).</summary>
public sealed class ParquetFileWriter(Stream target, ParquetSchema schema)
{
    internal const string CreatedBy = "DataMesh version 0.1.0";

    private readonly FileMetadata _metadata = new() { CreatedBy = CreatedBy };
    private readonly ColumnBounds[] _bounds = [.. schema.Logical.Select(_ => new ColumnBounds())];
    private readonly long[] _nullCounts = new long[schema.Logical.Count];

    /// <summary>The schema of the file.</summary>
    public ParquetSchema Schema { get; } = schema;

    /// <summary>Bytes written so far.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>Rows written so far.</summary>
    public long RowsWritten { get; private set; }

    /// <summary>Appends a row group; the group stays the caller's. A group without rows leaves no trace.</summary>
    public void Append(EncodedRowGroup rowGroup)
    {
        if (BytesWritten == 0) Put("PAR1"u8);
        if (rowGroup.Rows == 0) return;
        var group = new RowGroupMetadata { Rows = rowGroup.Rows, FileOffset = BytesWritten };
        for (var i = 0; i < rowGroup.Chunks.Length; i++)
        {
            var chunk = rowGroup.Chunks[i];
            var column = Describe(chunk, i);
            group.Columns.Add(column);
            group.TotalByteSize += column.UncompressedSize;
            group.CompressedSize += column.CompressedSize;
            _bounds[i].Merge(chunk.Bounds, Schema.Logical[i].Type.Kind);
            _nullCounts[i] += chunk.NullCount;
        }

        Put(rowGroup.Bytes);
        _metadata.RowGroups.Add(group);
        RowsWritten += rowGroup.Rows;
    }

    /// <summary>Writes the footer and says what the file holds.</summary>
    public ParquetFileFacts Finish()
    {
        if (BytesWritten == 0) Put("PAR1"u8);
        _metadata.Rows = RowsWritten;
        _metadata.Schema.Add(new SchemaElement { Name = "schema", Children = Schema.Logical.Count });
        for (var i = 0; i < Schema.Logical.Count; i++)
            _metadata.Schema.Add(PhysicalLayout.Element(Schema.PhysicalNames[i], Schema.Logical[i].Type, Schema.Logical[i].Nullable, Schema.FieldIds[i]));
        WriteFooter();
        return new ParquetFileFacts(RowsWritten, BytesWritten, [.. Schema.Logical.Select(FactsOf)]);
    }

    private void WriteFooter()
    {
        var writer = new ThriftWriter();
        MetadataWriter.WriteFile(writer, _metadata);
        Put(writer.Written);
        Span<byte> end = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(end, writer.Length);
        "PAR1"u8.CopyTo(end[4..]);
        Put(end);
    }

    private ColumnFacts FactsOf(Field field, int i) => new(field, _nullCounts[i], _bounds[i].MinValue(field.Type), _bounds[i].MaxValue(field.Type));

    private ColumnChunkMetadata Describe(EncodedChunk chunk, int i)
    {
        var type = Schema.Logical[i].Type;
        var (min, minIsExact, max, maxIsExact) = chunk.Bounds.ToPlain(type);
        return new ColumnChunkMetadata
        {
            Type = PhysicalLayout.Of(type).Type,
            Encodings = chunk.DictionaryBytes > 0 ? [ParquetEncoding.Plain, ParquetEncoding.Rle, chunk.Encoding] : [ParquetEncoding.Rle, chunk.Encoding],
            Path = [Schema.PhysicalNames[i]],
            Codec = chunk.Codec,
            Values = chunk.Values,
            UncompressedSize = chunk.UncompressedSize,
            CompressedSize = chunk.Length,
            DataPageOffset = BytesWritten + chunk.Start + chunk.DictionaryBytes,
            DictionaryPageOffset = chunk.DictionaryBytes > 0 ? BytesWritten + chunk.Start : null,
            Statistics = new ChunkStatistics { NullCount = chunk.NullCount, Min = min, MinIsExact = minIsExact, Max = max, MaxIsExact = maxIsExact },
        };
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        target.Write(bytes);
        BytesWritten += bytes.Length;
    }
}
