using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>A conversion. Rows that can not be converted fail, or become null for <c>try_cast</c>.</summary>
internal sealed class CastNode(Node value, DataType target, bool isTry) : Node(target)
{
    public override IReadOnlyList<Node> Children => [value];

    public override bool CanFail => value.CanFail || (!isTry && value.Type != Type && (value.Type.Kind, Type.Kind) is not (TypeKind.Int64, TypeKind.Float64));

    public override Operand Evaluate(Frame frame)
    {
        using var operand = value.Evaluate(frame);
        using var column = operand.ToColumn(frame.Length).Share();
        var cast = Casts.Cast(column, Type, null, out var failed);
        if (isTry) failed?.Dispose();
        else frame.Fail(failed);
        return cast;
    }
}
