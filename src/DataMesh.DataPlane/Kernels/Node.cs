using DataMesh.Core.Columns;
using DataMesh.Core.Expressions;

namespace DataMesh.DataPlane.Kernels;

/// <summary>A step of a compiled expression. Immutable and shared by all evaluators; what it remembers lies in the frame, under its slot.</summary>
internal abstract class Node(DataType type)
{
    public DataType Type { get; } = type;

    /// <summary>The nodes that it reads.</summary>
    public virtual IReadOnlyList<Node> Children => [];

    /// <summary>Whether there are values for which it can not be computed.</summary>
    public virtual bool CanFail => Children.Any(child => child.CanFail);

    public abstract Operand Evaluate(Frame frame);
}

/// <summary>An input column.</summary>
internal sealed class ColumnNode(int index, DataType type) : Node(type)
{
    public int Index { get; } = index;

    public override Operand Evaluate(Frame frame) => frame[Index].Share();
}

/// <summary>A constant.</summary>
internal sealed class ConstantNode(Scalar value) : Node(value.Type)
{
    public Scalar Value { get; } = value;

    public override Operand Evaluate(Frame frame) => new(Value);
}

/// <summary>A kernel over its arguments.</summary>
internal sealed class CallNode(KernelEntry kernel, Node[] arguments, DataType type, int slot) : Node(type)
{
    public override IReadOnlyList<Node> Children => arguments;

    public override bool CanFail => kernel.CanFail || base.CanFail;

    public override Operand Evaluate(Frame frame)
    {
        var operands = new Operand[arguments.Length];
        for (var i = 0; i < operands.Length; i++) operands[i] = arguments[i].Evaluate(frame);
        try
        {
            if (kernel.IsStrict && Array.Exists(operands, each => each.IsNullConstant)) return new Operand(Scalar.Null(Type));
            return kernel.Run(new KernelCall(operands, Type, frame, slot));
        }
        finally
        {
            foreach (var operand in operands) operand.Dispose();
        }
    }

    /// <summary>The same call with constants made into columns, for the one row that folds it.</summary>
    public CallNode WithMaterialisedFirst() =>
        new(kernel, [.. arguments.Select((each, i) => i == 0 && !kernel.TakesConstantFirst && each is ConstantNode { Value.IsNull: false } constant ? new MaterialisedNode(constant.Value) : each)], Type, slot);

    private sealed class MaterialisedNode(Scalar value) : Node(value.Type)
    {
        public override Operand Evaluate(Frame frame) => value.ToColumn(frame.Length);
    }
}
