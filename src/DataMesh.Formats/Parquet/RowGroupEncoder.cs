using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet;

/// <summary>Encodes batches as row groups: pure computing, one encoder per core.</summary>
public sealed class RowGroupEncoder(ParquetSchema schema, ParquetWriteOptions? options = null)
{
    /// <summary>The schema of the file.</summary>
    public ParquetSchema Schema { get; } = schema;

    /// <summary>How to encode.</summary>
    public ParquetWriteOptions Options { get; } = options ?? ParquetWriteOptions.Default;

    /// <summary>Encodes consecutive batches as one row group. The batches stay the caller's. The same input gives the same bytes.</summary>
    public EncodedRowGroup Encode(IReadOnlyList<RecordBatch> batches) => throw new NotImplementedException();
}
