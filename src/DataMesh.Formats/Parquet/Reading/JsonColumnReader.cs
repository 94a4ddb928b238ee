using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Reading;

/// <summary>Reads a list, a map or a repeated group as a json column.</summary>
internal sealed class JsonColumnReader(SchemaNode node, LeafCursor?[] cursors) : ColumnReader
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly NestedAssembler _assembler = new(cursors, keepNulls: true);
    private readonly LeafCursor[] _leaves = [.. node.Leaves.Select(leaf => cursors[leaf.Leaf]!)];

    public override Column Read(int rows)
    {
        var builder = new ColumnBuilder(DataType.Json);
        var bytes = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(bytes, Options);
        for (var row = 0; row < rows; row++)
        {
            foreach (var leaf in _leaves) leaf.RequireRow();
            var isNull = !node.IsRepeated && _leaves[0].Definition < node.Definition;
            bytes.ResetWrittenCount();
            writer.Reset();
            _assembler.Write(node, writer);
            writer.Flush();
            if (isNull) builder.AppendNull();
            else builder.Append(bytes.WrittenSpan);
        }

        return builder.Build();
    }

    public override void Skip(long rows)
    {
        foreach (var leaf in _leaves)
        {
            for (var row = 0L; row < rows; row++)
            {
                leaf.RequireRow();
                do leaf.Move();
                while (leaf.Repetition > 0);
            }
        }
    }

    public override void Dispose()
    {
        foreach (var leaf in _leaves) leaf.Dispose();
    }
}
