using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>The first argument that is not null, row by row; later arguments are computed only while nulls are left.</summary>
internal sealed class CoalesceNode(Node[] arguments, DataType type, int slot) : Node(type)
{
    public override IReadOnlyList<Node> Children => arguments;

    public override Operand Evaluate(Frame frame)
    {
        var choices = new List<(Operand Value, Bitmap Rows)>();
        var open = Bitmap.Ones(frame.Length);
        foreach (var argument in arguments)
        {
            var value = frame.EvaluateGuarded(argument, open);
            var rows = Bits.NullRows(value, frame.Length);
            rows.Not();
            rows.And(open);
            open.AndNot(rows);
            choices.Add((value, rows));
            if (Bits.IsEmpty(open)) break;
        }

        open.Dispose();
        return Finish(frame, choices);
    }

    private Operand Finish(Frame frame, List<(Operand Value, Bitmap Rows)> choices)
    {
        var merged = choices.Count == 1 && choices[0].Value.Column is { } whole ? whole.Share()
            : choices.Count == 1 ? new Operand(choices[0].Value.Constant!)
            : Choice.Merge(frame, Type, choices, slot);
        foreach (var (value, rows) in choices)
        {
            value.Dispose();
            rows.Dispose();
        }

        return merged;
    }
}
