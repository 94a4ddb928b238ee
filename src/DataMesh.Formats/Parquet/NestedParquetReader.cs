using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using DataMesh.Formats.Parquet.Reading;

namespace DataMesh.Formats.Parquet;

/// <summary>Reads any Parquet file as JSON objects, nested as the file is: for checkpoints and other small files.</summary>
public static class NestedParquetReader
{
    /// <summary>
    /// The rows in order, streamed; null members of groups are left out (nulls in lists and maps stay). <paramref name="columns"/> limits the
    /// reading to these top-level members. Dates and times are ISO 8601 texts, decimals numbers, binary base64.
    /// </summary>
    public static IEnumerable<JsonObject> Read(string path, IReadOnlySet<string>? columns = null)
    {
        using var file = ParquetFile.Open(path);
        var members = file.Root.Children.Where(member => columns?.Contains(member.Name) ?? true).ToList();
        for (var group = 0; group < file.RowGroupRows.Count; group++)
        {
            foreach (var row in ReadRowGroup(file, group, members)) yield return row;
        }
    }

    private static IEnumerable<JsonObject> ReadRowGroup(ParquetFile file, int group, List<SchemaNode> members)
    {
        var cursors = new LeafCursor?[file.RowGroup(group).Columns.Count];
        try
        {
            foreach (var leaf in members.SelectMany(member => member.Leaves)) cursors[leaf.Leaf] = new LeafCursor(file.OpenChunk(group, leaf), leaf);
            var assembler = new NestedAssembler(cursors, keepNulls: false);
            var bytes = new ArrayBufferWriter<byte>();
            for (var row = 0L; row < file.RowGroupRows[group]; row++)
            {
                foreach (var cursor in cursors) cursor?.RequireRow();
                yield return ReadRow(assembler, members, bytes);
            }
        }
        finally
        {
            foreach (var cursor in cursors) cursor?.Dispose();
        }
    }

    private static JsonObject ReadRow(NestedAssembler assembler, List<SchemaNode> members, ArrayBufferWriter<byte> bytes)
    {
        bytes.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            assembler.WriteMembers(members, writer);
            writer.WriteEndObject();
        }

        return JsonNode.Parse(bytes.WrittenSpan)!.AsObject();
    }
}
