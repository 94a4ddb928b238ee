using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.Core.Expressions;

/// <summary>Resolves the names and types of a syntax tree against a schema and makes every conversion explicit.</summary>
public sealed partial class ExpressionBinder
{
    private readonly ExpressionText _source;
    private readonly Schema _input;

    private ExpressionBinder(ExpressionText source, Schema input)
    {
        _source = source;
        _input = input;
    }

    /// <summary>Parses and binds. Throws <see cref="DataMeshException"/> that points at the first wrong place.</summary>
    public static BoundExpression Bind(ExpressionText source, Schema input) =>
        new ExpressionBinder(source, input).Bind(ExpressionParser.Parse(source));

    private BoundExpression Bind(ExpressionSyntax node) => node switch
    {
        LiteralSyntax literal => new BoundLiteral(literal.Value, literal.Offset, literal.Text),
        ColumnSyntax column => BindColumn(column),
        CallSyntax call => BindCall(call),
        LogicalSyntax logical => BindLogical(logical),
        CastSyntax cast => BindCast(cast),
        CaseSyntax choice => BindCase(choice),
        InSyntax membership => BindIn(membership),
        IntervalSyntax interval => throw Error(interval, "An interval can only be added to or subtracted from a date or timestamp.", "for example: flight_date + interval '3 days'"),
        _ => throw new NotSupportedException(node.GetType().Name),
    };

    private BoundColumn BindColumn(ColumnSyntax column)
    {
        var index = _input.IndexOf(column.Name);
        if (index >= 0) return new BoundColumn(index, _input[index].Name, _input[index].Type, _input[index].Nullable, column.Offset);
        var hint = Nearest.Hint(column.Name, [.. _input.Names]);
        throw Error(column, $"There is no column '{column.Name}' here.", hint);
    }

    private BoundLogical BindLogical(LogicalSyntax logical)
    {
        var terms = logical.Terms.Select(term => Condition(Bind(term), logical.IsAnd ? "and" : "or")).ToList();
        return new BoundLogical(logical.IsAnd, terms, terms.Exists(term => term.Nullable), logical.Offset);
    }

    private BoundCast BindCast(CastSyntax cast)
    {
        var value = Bind(cast.Value);
        if (Casting.IsPossible(value.Type, cast.Target)) return new BoundCast(value, cast.Target, cast.Try, cast.Offset);
        throw Error(cast, $"{value.Type.WithArticle(begins: true)} can not be cast to {cast.Target}.");
    }

    private BoundCase BindCase(CaseSyntax choice)
    {
        var operand = choice.Operand is null ? null : Bind(choice.Operand);
        var conditions = choice.Branches
            .Select(branch => operand is null ? Condition(Bind(branch.When), "when") : Compare("=", operand, Bind(branch.When), branch.When))
            .ToList();
        var results = choice.Branches.Select(branch => Bind(branch.Then)).ToList();
        results.Add(choice.Else is null ? new BoundLiteral(Scalar.Null(DataType.Null), choice.Offset) : Bind(choice.Else));
        return MakeCase(conditions, results, choice);
    }

    private BoundCase MakeCase(List<BoundExpression> conditions, List<BoundExpression> results, ExpressionSyntax node)
    {
        Unify(results, node, "The branches");
        return new BoundCase(conditions, results[..^1], results[^1], results[0].Type, results.Exists(each => each.Nullable), node.Offset);
    }

    private BoundExpression BindIn(InSyntax membership)
    {
        var all = new List<BoundExpression> { Bind(membership.Value) };
        all.AddRange(membership.List.Select(Bind));
        Unify(all, membership, "The value and the list");
        var value = all[0];
        var list = all[1..];
        if (list.TrueForAll(each => each is BoundLiteral) && value is not BoundLiteral)
        {
            var scalars = list.Select(each => ((BoundLiteral)each).Value).ToList();
            return new BoundIn(value, [.. scalars.Where(each => !each.IsNull)], scalars.Exists(each => each.IsNull), membership.Offset);
        }

        var tests = list.Select(each => Compare("=", value, each, membership)).ToList();
        return new BoundLogical(false, tests, tests.Exists(test => test.Nullable), membership.Offset);
    }

    /// <summary>Converts all to one common type, or says which two do not go together.</summary>
    private void Unify(List<BoundExpression> values, ExpressionSyntax node, string what)
    {
        var widest = values[0];
        foreach (var value in values)
        {
            var common = Coercion.Common(widest, value) ?? throw Mismatch(node, $"{what} do not have one type: {widest.Type} and {value.Type}.", widest, value);
            if (common != widest.Type) widest = value.Type == common ? value : new BoundColumn(-1, "", common, true, value.Offset);
        }

        for (var i = 0; i < values.Count; i++) values[i] = Coercion.Convert(values[i], widest.Type);
    }

    private BoundExpression Condition(BoundExpression value, string where)
    {
        if (value.Type.Kind == TypeKind.Bool) return value;
        if (value.Type.Kind == TypeKind.Null) return Coercion.Convert(value, DataType.Bool);
        throw ExpressionErrors.At(_source, value.Offset, $"'{where}' needs a condition; this is {value.Type.WithArticle()}.", value.Type.IsNumeric ? "compare it: x <> 0" : "compare it with something");
    }

    private DataMeshException Error(ExpressionSyntax node, string primary, string? hint = null) => ExpressionErrors.At(_source, node.Offset, primary, hint);

    private DataMeshException Mismatch(ExpressionSyntax node, string primary, BoundExpression a, BoundExpression b)
    {
        var (text, other) = a.Type.Kind == TypeKind.String ? (a, b) : (b, a);
        var target = other.Type.Kind == TypeKind.Int64 && text is not BoundLiteral ? "int64" : other.Type.ToString();
        var hint = text.Type.Kind != TypeKind.String ? "cast one of them: cast(x as string)"
            : text is BoundLiteral literal && other.Type.IsNumeric ? $"write a number without quotes, or cast the other side: cast(x as string) = {literal.Value}"
            : $"cast the text: {(text is BoundColumn { Index: >= 0 } column ? $"cast({ExpressionNames.Quote(column.Name)} as {target})" : $"cast(x as {target})")}; try_cast gives null for what is not one";
        return Error(node, primary, hint);
    }
}
