using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Expressions;

namespace DataMesh.DataPlane.Kernels;

/// <summary>An expression bound to a schema, ready to run column at a time. Immutable; every core makes an evaluator of its own.</summary>
public sealed class CompiledExpression
{
    private readonly Node _root;
    private readonly int _slots;

    private CompiledExpression(Node root, int slots, bool nullable, IReadOnlySet<string> columns)
    {
        _root = root;
        _slots = slots;
        Type = root.Type;
        Nullable = nullable;
        Columns = columns;
    }

    /// <summary>Type of the result.</summary>
    public DataType Type { get; }

    /// <summary>Whether the result can be null.</summary>
    public bool Nullable { get; }

    /// <summary>Whether there can be rows for which it can not be computed. False for comparisons, float arithmetic, choices and the like.</summary>
    public bool CanFail => _root.CanFail;

    /// <summary>The input columns that the expression reads, by the names of the schema.</summary>
    public IReadOnlySet<string> Columns { get; }

    /// <summary>Parses, binds and compiles. Throws <see cref="DataMeshException"/> that points at the wrong place inside the expression.</summary>
    public static CompiledExpression Compile(ExpressionText text, Schema input)
    {
        var bound = ExpressionBinder.Bind(text, input);
        var builder = new NodeBuilder(text, input);
        var root = builder.Build(bound);
        var columns = ReadColumns.Of(bound).Select(index => input[index].Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return new CompiledExpression(root, builder.Slots, bound.Nullable, columns);
    }

    /// <summary>Compiles an expression that must be a condition. Throws when it is not a bool.</summary>
    public static CompiledExpression CompileCondition(ExpressionText text, Schema input)
    {
        var compiled = Compile(text, input);
        if (compiled.Type.Kind is TypeKind.Bool or TypeKind.Null) return compiled;
        throw ExpressionErrors.At(text, 0, $"A condition is needed here; this is {compiled.Type.WithArticle()}.", compiled.Type.IsNumeric ? "compare it: x > 0" : "compare it with something");
    }

    /// <summary>An evaluator for one core.</summary>
    public Evaluator CreateEvaluator() => new(_root, _slots);
}
