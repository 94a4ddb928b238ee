using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>
/// <c>and</c> and <c>or</c> with SQL's three values. A term's failures count only in rows that the terms before it left open,
/// and evaluation stops when no row is open any more.
/// </summary>
internal sealed class LogicalNode(bool isAnd, Node[] terms) : Node(DataType.Bool)
{
    public override IReadOnlyList<Node> Children => terms;

    public override Operand Evaluate(Frame frame)
    {
        // Open rows are those not decided yet: not false for "and", not true for "or".
        var open = Bitmap.Ones(frame.Length);
        var nulls = Bitmap.Zeros(frame.Length);
        foreach (var term in terms)
        {
            using var value = frame.EvaluateGuarded(term, open);
            using var decided = isAnd ? Bits.FalseRows(value, frame.Length) : Bits.TrueRows(value, frame.Length);
            open.AndNot(decided);
            if (value.IsNullConstant || value.Column is NullColumn || value.Validity is not null)
            {
                using var unknown = Bits.NullRows(value, frame.Length);
                nulls.Or(unknown);
            }

            if (Bits.IsEmpty(open)) break;
        }

        return Finish(open, nulls);
    }

    /// <summary>A row that stayed open is null when a term was null there, and otherwise true for "and", false for "or".</summary>
    private Operand Finish(Bitmap open, Bitmap nulls)
    {
        nulls.And(open);
        if (!isAnd) open.Not();
        if (Bits.IsEmpty(nulls))
        {
            nulls.Dispose();
            return new BoolColumn(open, null);
        }

        nulls.Not();
        return Bits.ToColumn(open, nulls);
    }
}
