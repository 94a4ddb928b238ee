using DataMesh.Core.Components;
using DataMesh.Core.Expressions;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Makes nodes from a bound expression and computes what is constant.</summary>
internal sealed class NodeBuilder(ExpressionText source)
{
    /// <summary>Slots of memory that the nodes made so far need.</summary>
    public int Slots { get; private set; }

    public Node Build(BoundExpression bound) => bound switch
    {
        BoundLiteral literal => new ConstantNode(literal.Value),
        BoundColumn column => new ColumnNode(column.Index, column.Type),
        BoundCall call => Fold(new CallNode(KernelCatalog.Find(call), BuildAll(call.Arguments), call.Type, Slots++), call.Offset),
        BoundLogical logical => Fold(new LogicalNode(logical.IsAnd, BuildAll(logical.Terms)), logical.Offset),
        BoundCast cast => Fold(new CastNode(Build(cast.Value), cast.Target, cast.Try), cast.Offset),
        BoundCase choice => Fold(new CaseNode(BuildAll(choice.Conditions), [.. BuildAll(choice.Results), Build(choice.Else)], choice.Type, Slots++), choice.Offset),
        BoundCoalesce coalesce => Fold(new CoalesceNode(BuildAll(coalesce.Arguments), coalesce.Type, Slots++), coalesce.Offset),
        BoundIn membership => Fold(new InNode(Build(membership.Value), membership.List, membership.HasNull, Slots++), membership.Offset),
        _ => throw new NotSupportedException(bound.GetType().Name),
    };

    private Node[] BuildAll(IReadOnlyList<BoundExpression> expressions) => [.. expressions.Select(Build)];

    /// <summary>A node over nothing but constants is a constant itself: it is run once over one row.</summary>
    private Node Fold(Node node, int offset)
    {
        if (!node.Children.All(child => child is ConstantNode)) return node;
        var frame = new Frame(new object?[Slots]);
        frame.Begin([], 1);
        using var result = Materialised(node).Evaluate(frame);
        if (frame.Failed is not null) throw ExpressionErrors.At(source, offset, "This can not be computed.", "the value is out of range or has no such form; try_cast gives null instead");
        using var column = result.ToColumn(1).Share();
        return new ConstantNode(Scalar.From(column, 0));
    }

    /// <summary>Kernels need not know the case that all their arguments are constants.</summary>
    private static Node Materialised(Node node) => node is CallNode call ? call.WithMaterialisedFirst() : node;
}
