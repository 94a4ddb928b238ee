using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>One evaluation: the columns, what nodes remember from batch to batch, and the rows that failed so far.</summary>
internal sealed class Frame(object?[] state)
{
    private IReadOnlyList<Column> _columns = [];

    /// <summary>Rows of the batch.</summary>
    public int Length { get; private set; }

    /// <summary>Rows that could not be computed; null when there is none.</summary>
    public Bitmap? Failed { get; private set; }

    public Column this[int index] => _columns[index];

    public void Begin(IReadOnlyList<Column> columns, int length)
    {
        _columns = columns;
        Length = length;
        Failed = null;
    }

    /// <summary>A frame for other rows that shares what nodes remember.</summary>
    public Frame Fork() => new(state);

    /// <summary>What the node of this slot remembers; made when asked for the first time.</summary>
    public T State<T>(int slot, Func<T> make) where T : class => (T)(state[slot] ??= make());

    /// <summary>Marks a row as failed. The caller makes its value null.</summary>
    public void Fail(int row) => (Failed ??= Bitmap.Zeros(Length))[row] = true;

    /// <summary>Marks rows as failed; takes ownership of <paramref name="rows"/>.</summary>
    public void Fail(Bitmap? rows)
    {
        if (rows is null) return;
        if (Failed is null)
        {
            Failed = rows;
            return;
        }

        Failed.Or(rows);
        rows.Dispose();
    }

    /// <summary>The failures so far, whose ownership passes to the caller; the frame begins anew.</summary>
    public Bitmap? TakeFailed()
    {
        var failed = Failed;
        Failed = null;
        return failed;
    }

    /// <summary>
    /// Evaluates a node whose value is used only in <paramref name="rows"/>: failures elsewhere do not count, so that a guard
    /// (<c>case when x &gt; 0 then …</c>) protects what stands behind it.
    /// </summary>
    public Operand EvaluateGuarded(Node node, Bitmap rows)
    {
        var before = TakeFailed();
        var value = node.Evaluate(this);
        var here = TakeFailed();
        Failed = before;
        here?.And(rows);
        Fail(here);
        return value;
    }
}
