using System.Buffers.Binary;
using System.Text.Json.Nodes;
using DataMesh.Formats.Parquet.Metadata;
using DataMesh.Formats.Parquet.Nested;
using DataMesh.Formats.Parquet.Writing;

namespace DataMesh.Formats.Parquet;

/// <summary>Writes JSON objects as a nested Parquet file.</summary>
public static class NestedParquetWriter
{
    private const int RowGroupRows = 32 * 1024;

    /// <summary>
    /// Writes all rows. A member that is missing or null is null; timestamps are ISO 8601 texts or microseconds, dates texts or days,
    /// decimals texts or numbers, binary base64.
    /// </summary>
    public static void Write(Stream target, NestedSchema schema, IEnumerable<JsonObject> rows)
    {
        var (leaves, elements) = (new List<NestedLeaf>(), new List<SchemaElement> { new() { Name = "schema", Children = schema.Fields.Count } });
        var members = schema.Fields.Select(field => (field.Name, Shredder: NestedShredder.Make(field, [], 0, 0, leaves, elements))).ToList();
        var file = new FileMetadata { CreatedBy = ParquetFileWriter.CreatedBy, Schema = elements };
        var builder = new ChunkBuilder(snappyAllowed: true);
        var at = Put(target, "PAR1"u8, 0);
        foreach (var chunkOfRows in rows.Chunk(RowGroupRows))
        {
            foreach (var row in chunkOfRows)
            {
                foreach (var (name, shredder) in members) shredder.Write(row[name], 0, 0);
            }

            at = WriteRowGroup(target, at, leaves, chunkOfRows.Length, builder, file);
        }

        WriteFooter(target, file);
    }

    private static long WriteRowGroup(Stream target, long at, List<NestedLeaf> leaves, int rows, ChunkBuilder builder, FileMetadata file)
    {
        var group = new RowGroupMetadata { Rows = rows, FileOffset = at };
        builder.BeginGroup(2 << 20);
        foreach (var leaf in leaves)
        {
            var chunk = leaf.Encode(builder);
            group.Columns.Add(new ColumnChunkMetadata
            {
                Type = leaf.Layout.Type,
                Encodings = [ParquetEncoding.Rle, ParquetEncoding.Plain],
                Path = [.. leaf.Path],
                Codec = chunk.Codec,
                Values = chunk.Values,
                UncompressedSize = chunk.UncompressedSize,
                CompressedSize = chunk.Length,
                DataPageOffset = at + chunk.Start,
                Statistics = new ChunkStatistics { NullCount = chunk.NullCount },
            });
            group.TotalByteSize += chunk.UncompressedSize;
            group.CompressedSize += chunk.Length;
        }

        using var chunks = builder.EndGroup();
        at = Put(target, chunks.Span, at);

        file.RowGroups.Add(group);
        file.Rows += rows;
        return at;
    }

    private static void WriteFooter(Stream target, FileMetadata file)
    {
        var writer = new ThriftWriter();
        MetadataWriter.WriteFile(writer, file);
        Span<byte> end = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(end, writer.Length);
        "PAR1"u8.CopyTo(end[4..]);
        target.Write(writer.Written);
        target.Write(end);
    }

    private static long Put(Stream target, ReadOnlySpan<byte> bytes, long at)
    {
        target.Write(bytes);
        return at + bytes.Length;
    }
}
