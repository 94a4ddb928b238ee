using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Formats.Parquet;

namespace DataMesh.Connectors.Datasets;

/// <summary>The rows of one partition: encoded, or still as slices when they are few.</summary>
internal sealed record DatasetPiece(PartitionKey Key, EncodedRowGroup? Encoded, IReadOnlyList<RecordBatch> Slices);

/// <summary>What an encoder made of its batches.</summary>
internal sealed class DatasetRows(long rows, IReadOnlyList<DatasetPiece> pieces) : EncodedRows
{
    private IReadOnlyList<DatasetPiece> _pieces = pieces;

    /// <inheritdoc/>
    public override long Rows { get; } = rows;

    /// <inheritdoc/>
    public override long ByteSize { get; } = pieces.Sum(piece => piece.Encoded?.ByteSize ?? piece.Slices.Sum(slice => slice.ByteSize));

    /// <summary>Hands the pieces over to the caller, who disposes them.</summary>
    public IReadOnlyList<DatasetPiece> Take()
    {
        var pieces = _pieces;
        _pieces = [];
        return pieces;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var piece in Take())
        {
            piece.Encoded?.Dispose();
            foreach (var slice in piece.Slices) slice.Dispose();
        }
    }
}
