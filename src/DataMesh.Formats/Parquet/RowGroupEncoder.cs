using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Formats.Parquet.Writing;

namespace DataMesh.Formats.Parquet;

/// <summary>Encodes batches as row groups: pure computing, one encoder per core.</summary>
public sealed class RowGroupEncoder
{
    private readonly ColumnChunkEncoder[] _encoders;
    private readonly ChunkBuilder _builder;
    private readonly ColumnParts _parts = new();

    /// <summary>Makes an encoder; it keeps scratch memory from one row group to the next.</summary>
    public RowGroupEncoder(ParquetSchema schema, ParquetWriteOptions? options = null)
    {
        Schema = schema;
        Options = options ?? ParquetWriteOptions.Default;
        _builder = new ChunkBuilder(Options.Snappy);
        var scratch = new EncoderScratch();
        _encoders = [.. schema.Logical.Select(field => ColumnChunkEncoder.For(field, Options, _builder, scratch))];
    }

    /// <summary>The schema of the file.</summary>
    public ParquetSchema Schema { get; }

    /// <summary>How to encode.</summary>
    public ParquetWriteOptions Options { get; }

    /// <summary>
    /// Encodes consecutive batches as one row group. The batches stay the caller's; their columns stand in the order of the schema and have its
    /// types, or the null type. The same input gives the same bytes.
    /// </summary>
    public EncodedRowGroup Encode(IReadOnlyList<RecordBatch> batches)
    {
        var rows = batches.Sum(batch => (long)batch.Length);
        var chunks = new EncodedChunk[rows == 0 ? 0 : _encoders.Length];
        _builder.BeginGroup(batches.Sum(batch => batch.ByteSize));
        for (var i = 0; i < chunks.Length; i++)
        {
            _parts.Set(batches, i);
            Check(Schema.Logical[i]);
            chunks[i] = _encoders[i].Encode(_parts);
        }

        _parts.Clear();
        return new EncodedRowGroup(_builder.EndGroup(), chunks, rows);
    }

    private void Check(Field field)
    {
        if (!field.Nullable && _parts.NullCount > 0)
            throw new DataMeshException($"Column '{field.Name}' has {_parts.NullCount} nulls, but the table says it has none.", hint: "fill or validate the column before it is written");
        for (var part = 0; part < _parts.Count; part++)
        {
            if (_parts[part].Type != field.Type && _parts[part].Type.Kind != TypeKind.Null)
                throw new ArgumentException($"Column '{field.Name}' is {_parts[part].Type} in a batch and {field.Type} in the file.");
        }
    }
}
