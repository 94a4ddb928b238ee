using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Expressions;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Makes nodes from a bound expression and computes what is constant.</summary>
internal sealed class NodeBuilder(ExpressionText source, Schema input)
{
    private readonly Column[] _noRows = [.. input.Select(field => Column.Nulls(field.Type, 0))];
    private bool _insideEntry;

    /// <summary>Slots of memory that the nodes made so far need.</summary>
    public int Slots { get; private set; }

    public Node Build(BoundExpression bound)
    {
        if (_insideEntry || TextColumnOf(bound) is not { } column) return Make(bound);
        _insideEntry = true;
        var inner = Make(bound);
        _insideEntry = false;
        return inner is ConstantNode ? inner : new PerEntryNode(inner, column, Slots++);
    }

    private Node Make(BoundExpression bound) => bound switch
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

    /// <summary>The one column of texts that the expression reads and does more with than asking for null; otherwise null.</summary>
    private int? TextColumnOf(BoundExpression bound)
    {
        if (bound is BoundColumn or BoundLiteral or BoundCall { Kernel: "is null" or "is not null", Arguments: [BoundColumn] }) return null;
        var columns = ReadColumns.Of(bound);
        return columns.Count == 1 && input[columns.First()].Type.Kind is TypeKind.String or TypeKind.Json ? columns.First() : null;
    }

    private Node[] BuildAll(IReadOnlyList<BoundExpression> expressions) => [.. expressions.Select(Build)];

    /// <summary>A node over nothing but constants is a constant itself: it is run once over one row.</summary>
    private Node Fold(Node node, int offset)
    {
        var isConstant = node.Children.All(child => child is ConstantNode);
        if (!isConstant && !node.Children.Any(child => child is ConstantNode)) return node;
        var frame = new Frame(new object?[Slots]);
        frame.Begin(isConstant ? [] : _noRows, isConstant ? 1 : 0);
        using var result = Probe(Materialised(node), frame, offset);
        if (!isConstant) return node;
        if (frame.Failed is not null) throw ExpressionErrors.At(source, offset, "This can not be computed.", "the value is out of range or has no such form; try_cast gives null instead");
        using var column = result.ToColumn(1).Share();
        return new ConstantNode(Scalar.From(column, 0));
    }

    /// <summary>A run that lets a wrong constant (a pattern, a unit, a zone) show itself now, at its place, and not with the first batch.</summary>
    private Operand Probe(Node node, Frame frame, int offset)
    {
        try
        {
            return node.Evaluate(frame);
        }
        catch (DataMeshException wrong) when (wrong.Location is null)
        {
            throw ExpressionErrors.At(source, offset, wrong.Message, wrong.Hint ?? wrong.Detail);
        }
    }

    /// <summary>Kernels need not know the case that all their arguments are constants.</summary>
    private static Node Materialised(Node node) => node is CallNode call ? call.WithMaterialisedFirst() : node;
}
