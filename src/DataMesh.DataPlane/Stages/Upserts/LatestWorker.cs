using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages.Deduplication;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages.Upserts;

/// <summary>Holds the last row of every key until the epoch ends, and asks for its end when that has become much.</summary>
internal sealed class LatestWorker(LatestPlan plan) : StageWorker
{
    private readonly Kernels.Evaluator? _deletes = plan.Deletes?.CreateEvaluator();
    private KeepLastWorker _held = Empty(plan);

    /// <inheritdoc/>
    public override bool WantsBarrier => _held.Bytes > Limits.UpsertBytesPerEpoch;

    /// <inheritdoc/>
    public override void Process(RecordBatch batch, StageOutput output)
    {
        using (batch)
        {
            using var failed = new FailedRows(batch, output);
            foreach (var key in plan.Keys) failed.Add(Nulls(batch[key]), QuarantineReasons.RuleFailed, "key", _ => $"the key column '{plan.Input[key].Name}' is null");
            var marks = Marks(batch, failed);
            Hold(Arrange(batch, marks), failed.All, output);
        }

        if (_held.Bytes <= Limits.KeyedStateBytesMax) return;
        throw new DataMeshException(
            $"One epoch brings more rows to upsert than fit into {Limits.KeyedStateBytesMax >> 20} MiB.",
            hint: "the rows of a rebuild, or behind a stage that needs the whole input, come in one epoch: leave that stage out, or upsert from smaller files");
    }

    /// <inheritdoc/>
    public override void EndEpoch(StageOutput output)
    {
        _held.Finish(output);
        _held = Empty(plan);
    }

    /// <inheritdoc/>
    public override void Finish(StageOutput output) => EndEpoch(output);

    private static KeepLastWorker Empty(LatestPlan plan) => new(plan.OutputKeys, long.MaxValue);

    private static Bitmap? Nulls(Column column)
    {
        if (column.NullCount == 0) return null;
        if (column.Validity is null) return Bitmap.Ones(column.Length);
        var nulls = column.Validity.Clone();
        nulls.Not();
        return nulls;
    }

    private BoolColumn? Marks(RecordBatch batch, FailedRows failed)
    {
        if (_deletes is null) return null;
        var marks = _deletes.EvaluateFilter(batch, out var broken);
        failed.Add(broken, QuarantineReasons.ExpressionFailed, plan.DeletesText!);
        return new BoolColumn(marks, null);
    }

    /// <summary>The rows as they go on. They come without their origin: nothing behind this stage can fail a row, and rows may be held for long.</summary>
    private RecordBatch Arrange(RecordBatch batch, BoolColumn? marks)
    {
        var columns = plan.Kept.Select(i => batch[i].Share());
        return new RecordBatch(plan.Output, [.. marks is null ? columns : columns.Append(marks)], batch.Length);
    }

    private void Hold(RecordBatch rows, Bitmap? failed, StageOutput output)
    {
        if (failed is null)
        {
            _held.Process(rows, output);
            return;
        }

        using (rows)
        using (var keep = failed.Clone())
        {
            keep.Not();
            _held.Process(rows.Take(keep.ToIndices()), output);
        }
    }
}
