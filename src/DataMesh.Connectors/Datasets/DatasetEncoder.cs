using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats.Parquet;

namespace DataMesh.Connectors.Datasets;

/// <summary>
/// Encodes batches as row groups on one core. In a partitioned table it divides the rows first; a partition with too few rows for a
/// row group is passed on as it is, for the writer to collect.
/// </summary>
internal sealed class DatasetEncoder(DatasetPlan plan) : SinkEncoder
{
    private const int EncodeAtRows = Limits.RowGroupRows / 2;

    private readonly RowGroupEncoder _encoder = new(plan.FileSchema);
    private readonly RowGroupEncoder? _deletions = plan.Deletions is { } deletions ? new RowGroupEncoder(deletions.FileSchema) : null;
    private readonly PartitionSplitter _splitter = new(plan);

    /// <inheritdoc/>
    public override EncodedRows Encode(IReadOnlyList<RecordBatch> batches)
    {
        var rows = batches.Sum(batch => (long)batch.Length);
        if (rows > 0 && plan.FileRows.Count == 0)
            throw new DataMeshException($"Rows for '{plan.Path}' have no column with a value in it.", hint: "declare types with a cast, or drop these rows with a filter");
        return new DatasetRows(rows, _deletions is null ? EncodePieces(batches) : EncodeMarked(batches, plan.Deletions!));
    }

    /// <summary>Divides the rows by their mark: those that are written, and those of which only the key is kept because they delete.</summary>
    private List<DatasetPiece> EncodeMarked(IReadOnlyList<RecordBatch> batches, DatasetPlan deletions)
    {
        var written = new List<RecordBatch>();
        var deleting = new List<RecordBatch>();
        try
        {
            foreach (var batch in batches)
            {
                var marks = ((BoolColumn)batch[Upsert.DeletionColumn]).Values;
                using (var rows = batch.Take(marks.ToIndices())) deleting.Add(deletions.Project(rows));
                using var others = marks.Clone();
                others.Not();
                written.Add(batch.Take(others.ToIndices()));
            }

            var pieces = EncodePieces(written);
            if (deleting.Exists(batch => batch.Length > 0)) pieces.Add(new DatasetPiece(PartitionKey.Deletions, _deletions!.Encode(deleting), []));
            return pieces;
        }
        finally
        {
            foreach (var batch in written.Concat(deleting)) batch.Dispose();
        }
    }

    private List<DatasetPiece> EncodePieces(IReadOnlyList<RecordBatch> batches) =>
        plan.IsPartitioned ? EncodePartitions(batches) : [new DatasetPiece(PartitionKey.None, EncodeAll(batches), [])];

    private EncodedRowGroup EncodeAll(IReadOnlyList<RecordBatch> batches)
    {
        var projected = batches.Where(batch => batch.Length > 0).Select(plan.Project).ToList();
        try
        {
            return _encoder.Encode(projected);
        }
        finally
        {
            foreach (var batch in projected) batch.Dispose();
        }
    }

    private List<DatasetPiece> EncodePartitions(IReadOnlyList<RecordBatch> batches)
    {
        var slices = new Dictionary<PartitionKey, List<RecordBatch>>();
        foreach (var (key, rows) in batches.Where(batch => batch.Length > 0).SelectMany(_splitter.Split))
        {
            if (!slices.TryGetValue(key, out var list)) slices[key] = list = [];
            list.Add(rows);
        }

        return [.. slices.Select(each => Piece(each.Key, each.Value))];
    }

    private DatasetPiece Piece(PartitionKey key, List<RecordBatch> slices)
    {
        if (slices.Sum(slice => slice.Length) < EncodeAtRows) return new DatasetPiece(key, null, slices);
        var encoded = _encoder.Encode(slices);
        foreach (var slice in slices) slice.Dispose();
        return new DatasetPiece(key, encoded, []);
    }
}
