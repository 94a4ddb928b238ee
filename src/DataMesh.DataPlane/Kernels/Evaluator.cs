using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Runs a compiled expression over batches on one core. Not thread-safe: it remembers what it learned about dictionaries and patterns.</summary>
public sealed class Evaluator
{
    private readonly Node _root;
    private readonly Frame _frame;

    internal Evaluator(Node root, int slots)
    {
        _root = root;
        _frame = new Frame(new object?[slots]);
    }

    /// <summary>
    /// The expression's value in every row; the caller owns the column. <paramref name="failed"/> gets the rows that could not be computed
    /// (their value is null; reason <c>expression_failed</c>), null when all could. The batch must have the schema that the expression was compiled for.
    /// </summary>
    public Column Evaluate(RecordBatch batch, out Bitmap? failed)
    {
        _frame.Begin(batch.Columns, batch.Length);
        var result = _root.Evaluate(_frame);
        failed = _frame.TakeFailed();
        return result.ToColumn(batch.Length);
    }

    /// <summary>The rows where the condition is true (not false, not null, not failed); the caller owns both bitmaps.</summary>
    public Bitmap EvaluateFilter(RecordBatch batch, out Bitmap? failed)
    {
        _frame.Begin(batch.Columns, batch.Length);
        using var result = _root.Evaluate(_frame);
        failed = _frame.TakeFailed();
        var rows = Bits.TrueRows(result, batch.Length);
        if (failed is not null) rows.AndNot(failed);
        return rows;
    }
}
