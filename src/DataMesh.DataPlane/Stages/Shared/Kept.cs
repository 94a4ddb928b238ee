using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>Passes on the rows that a stage kept.</summary>
internal static class Kept
{
    /// <summary>
    /// Emits the rows whose bit is one and gives up the batch; when all are, the batch itself goes on. The others are counted under <paramref name="term"/>;
    /// null when the caller accounts for them.
    /// </summary>
    public static void Emit(RecordBatch batch, Bitmap keep, StageOutput output, LedgerTerm? term, int port = 0)
    {
        var count = keep.CountOnes();
        if (term is { } left && count < batch.Length) output.Count(left, batch.Length - count);
        if (count == batch.Length)
        {
            output.Emit(batch, port);
            return;
        }

        using (batch)
        {
            if (count == 0) return;
            using var rows = PooledBuffer.Rent<int>(count);
            keep.CopyIndices(rows.As<int>());
            output.Emit(batch.Take(rows.As<int>()), port);
        }
    }
}
