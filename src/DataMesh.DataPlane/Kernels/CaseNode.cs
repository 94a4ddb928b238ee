using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>
/// <c>case when</c>. Every row belongs to the first condition that is true for it; conditions and results are computed for whole columns, but only where
/// some row needs them, and their failures count only in the rows that use them.
/// </summary>
internal sealed class CaseNode(Node[] conditions, Node[] results, DataType type, int slot) : Node(type)
{
    public override IReadOnlyList<Node> Children => [.. conditions, .. results];

    public override Operand Evaluate(Frame frame)
    {
        var choices = new List<(Operand Value, Bitmap Rows)>();
        var open = Bitmap.Ones(frame.Length);
        for (var i = 0; i < conditions.Length && !Bits.IsEmpty(open); i++)
        {
            using var condition = frame.EvaluateGuarded(conditions[i], open);
            var rows = Bits.TrueRows(condition, frame.Length);
            rows.And(open);
            open.AndNot(rows);
            if (Bits.IsEmpty(rows)) rows.Dispose();
            else choices.Add((frame.EvaluateGuarded(results[i], rows), rows));
        }

        if (!Bits.IsEmpty(open) || choices.Count == 0) choices.Add((frame.EvaluateGuarded(results[^1], open), open));
        else open.Dispose();
        return Merge(frame, choices);
    }

    private Operand Merge(Frame frame, List<(Operand Value, Bitmap Rows)> choices)
    {
        // One choice takes all rows.
        if (choices.Count == 1)
        {
            choices[0].Rows.Dispose();
            return choices[0].Value;
        }

        var merged = Choice.Merge(frame, Type, choices, slot);
        foreach (var (value, rows) in choices)
        {
            value.Dispose();
            rows.Dispose();
        }

        return merged;
    }
}
