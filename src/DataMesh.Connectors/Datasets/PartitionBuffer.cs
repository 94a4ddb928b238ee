using DataMesh.Core.Columns;
using DataMesh.Formats.Parquet;

namespace DataMesh.Connectors.Datasets;

/// <summary>Rows of one partition that wait to become a row group.</summary>
internal sealed class PartitionBuffer(PartitionKey key) : IDisposable
{
    private readonly List<RecordBatch> _slices = [];

    public PartitionKey Key { get; } = key;

    public long Rows { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Takes the slices over.</summary>
    public void Add(IReadOnlyList<RecordBatch> slices)
    {
        foreach (var slice in slices)
        {
            _slices.Add(slice);
            Rows += slice.Length;
            Bytes += slice.ByteSize;
        }
    }

    /// <summary>Encodes and lets go of what was collected.</summary>
    public EncodedRowGroup Encode(RowGroupEncoder encoder)
    {
        var encoded = encoder.Encode(_slices);
        Dispose();
        return encoded;
    }

    public void Dispose()
    {
        foreach (var slice in _slices) slice.Dispose();
        _slices.Clear();
        (Rows, Bytes) = (0, 0);
    }
}
