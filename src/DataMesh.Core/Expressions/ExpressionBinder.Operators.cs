using DataMesh.Core.Columns;

namespace DataMesh.Core.Expressions;

/// <content>Operators: the rules of arithmetic and comparison.</content>
public sealed partial class ExpressionBinder
{
    private BoundExpression? BindOperator(CallSyntax call)
    {
        switch (call.Name)
        {
            case "+" or "-" when call.Arguments.Any(each => each is IntervalSyntax): return AddInterval(call);
            case "+" or "-" or "*" or "/" or "//" or "%": return Arithmetic(call, call.Name, Bind(call.Arguments[0]), Bind(call.Arguments[1]));
            case "negate": return Negate(call);
            case "=" or "<>" or "<" or "<=" or ">" or ">=" or "is distinct from" or "is not distinct from":
                return Compare(call.Name, Bind(call.Arguments[0]), Bind(call.Arguments[1]), call);
            case "between": return Between(call);
            case "not":
                var condition = Condition(Bind(call.Arguments[0]), "not");
                return new BoundCall("not", [condition], DataType.Bool, condition.Nullable, call.Offset);
            case "is null" or "is not null": return new BoundCall(call.Name, [Bind(call.Arguments[0])], DataType.Bool, false, call.Offset);
            case "||": return Concatenate(call);
            case "~": return Named(call, "regexp_matches");
            case "!~":
                var matches = Named(call, "regexp_matches");
                return new BoundCall("not", [matches], DataType.Bool, matches.Nullable, call.Offset);
            case "->": return Named(call, "json_extract");
            case "->>": return Named(call, "json_extract_string");
            default: return null;
        }
    }

    private BoundExpression Named(CallSyntax call, string function) => BindFunction(call with { Name = function }, call.Name);

    /// <summary>Both sides as texts; null when one is null.</summary>
    private BoundCall Concatenate(CallSyntax call)
    {
        var sides = call.Arguments.Select(each => Bind(each)).Select(each => each.Type.Kind == TypeKind.String ? each : Coercion.Convert(each, DataType.String)).ToList();
        return new BoundCall("||", sides, DataType.String, sides.Exists(each => each.Nullable), call.Offset);
    }

    private BoundLogical Between(CallSyntax call)
    {
        var value = Bind(call.Arguments[0]);
        var low = Compare(">=", value, Bind(call.Arguments[1]), call);
        var high = Compare("<=", value, Bind(call.Arguments[2]), call);
        return new BoundLogical(true, [low, high], low.Nullable || high.Nullable, call.Offset);
    }

    private BoundCall Compare(string name, BoundExpression left, BoundExpression right, ExpressionSyntax node)
    {
        var type = Coercion.Common(left, right) ?? throw Mismatch(node, $"{left.Type.WithArticle(begins: true)} can not be compared with {right.Type.WithArticle()}.", left, right);
        if (type.Kind == TypeKind.Null) type = DataType.Bool;
        var nullable = !name.StartsWith("is", StringComparison.Ordinal) && (left.Nullable || right.Nullable);
        return new BoundCall(name, [Coercion.Convert(left, type), Coercion.Convert(right, type)], DataType.Bool, nullable, node.Offset);
    }

    private BoundExpression Negate(CallSyntax call)
    {
        var value = Bind(call.Arguments[0]);
        if (value.Type.Kind == TypeKind.Null) return value;
        if (!value.Type.IsNumeric) throw Error(call, $"{value.Type.WithArticle(begins: true)} has no negative.", NumberHint(value));
        return new BoundCall("negate", [value], value.Type, value.Nullable, call.Offset);
    }

    private BoundExpression Arithmetic(CallSyntax call, string name, BoundExpression left, BoundExpression right)
    {
        if (DateArithmetic(call, name, left, right) is { } date) return date;
        if (left.Type.Kind == TypeKind.Null && right.Type.Kind == TypeKind.Null) return left;
        if (left.Type.Kind == TypeKind.Null) left = Coercion.Convert(left, right.Type);
        if (right.Type.Kind == TypeKind.Null) right = Coercion.Convert(right, left.Type);
        var wrong = !left.Type.IsNumeric ? left : !right.Type.IsNumeric ? right : null;
        if (wrong is not null) throw Error(call, $"'{name}' needs numbers; this is {left.Type} {name} {right.Type}.", name == "+" && wrong.Type.Kind == TypeKind.String ? "texts are joined with ||; numbers in texts need cast(x as float64)" : NumberHint(wrong));
        var type = ResultOf(name, left, right, out var operands);
        var nullable = left.Nullable || right.Nullable || name is "/" or "//" or "%";
        if (operands.Kind != TypeKind.Decimal) (left, right) = (Coercion.Convert(left, operands), Coercion.Convert(right, operands));
        else (left, right) = (Coercion.Convert(left, Coercion.DecimalOf(left)!.Value), Coercion.Convert(right, Coercion.DecimalOf(right)!.Value));
        return new BoundCall(name, [left, right], type, nullable, call.Offset);
    }

    /// <summary>Result type of arithmetic; <paramref name="operands"/> is what both sides are converted to (each keeps its own scale for decimals).</summary>
    private static DataType ResultOf(string name, BoundExpression left, BoundExpression right, out DataType operands)
    {
        operands = DataType.Float64;
        if (name == "/") return DataType.Float64;
        if (left.Type.Kind == TypeKind.Int64 && right.Type.Kind == TypeKind.Int64) return operands = DataType.Int64;
        var isDecimal = left.Type.Kind == TypeKind.Decimal || right.Type.Kind == TypeKind.Decimal;
        if (!isDecimal || name == "//" || Coercion.DecimalOf(left) is not { } a || Coercion.DecimalOf(right) is not { } b) return DataType.Float64;
        var scale = name == "*" ? a.Scale + b.Scale : Math.Max(a.Scale, b.Scale);
        if (scale > 38) return DataType.Float64;
        var precision = name switch
        {
            "*" => a.Precision + b.Precision,
            "%" => Math.Max(a.Precision - a.Scale, b.Precision - b.Scale) + scale,
            _ => Math.Max(a.Precision - a.Scale, b.Precision - b.Scale) + scale + 1,
        };
        operands = new DataType(TypeKind.Decimal);
        return DataType.Decimal(Math.Min(precision, 38), scale);
    }

    private BoundCall? DateArithmetic(CallSyntax call, string name, BoundExpression left, BoundExpression right)
    {
        var (a, b) = (left.Type.Kind, right.Type.Kind);
        if (a is not (TypeKind.Date or TypeKind.Timestamp) && b is not (TypeKind.Date or TypeKind.Timestamp)) return null;
        var nullable = left.Nullable || right.Nullable;
        if (name == "-" && Coercion.Common(left, right) is { Kind: TypeKind.Date })
            return new BoundCall("date_minus_date", [Coercion.Convert(left, DataType.Date), Coercion.Convert(right, DataType.Date)], DataType.Int64, nullable, call.Offset);
        if (a == TypeKind.Date && b == TypeKind.Int64 && name is "+" or "-")
            return new BoundCall(name == "+" ? "date_plus_days" : "date_minus_days", [left, right], DataType.Date, nullable, call.Offset);
        if (a == TypeKind.Int64 && b == TypeKind.Date && name == "+")
            return new BoundCall("date_plus_days", [right, left], DataType.Date, nullable, call.Offset);
        throw Error(call, $"'{name}' does not work on {left.Type} and {right.Type}.", name == "-" ? "date_diff('second', from, to) gives the distance in any unit" : "add an interval: x + interval '3 days'");
    }

    private BoundCall AddInterval(CallSyntax call)
    {
        var (value, span) = (call.Arguments[0], call.Arguments[1] as IntervalSyntax);
        if (span is null && call.Name == "+") (value, span) = (call.Arguments[1], (IntervalSyntax)call.Arguments[0]);
        if (span is null || value is IntervalSyntax) throw Error(call, "An interval can only be added to or subtracted from a date or timestamp.");
        var bound = Bind(value);
        if (bound.Type.Kind is TypeKind.Null) bound = Coercion.Convert(bound, DataType.Timestamp);
        if (bound.Type.Kind is not (TypeKind.Date or TypeKind.Timestamp)) throw Error(call, $"An interval can not be added to {bound.Type.WithArticle()}.", "cast it to date or timestamp first");
        return IntervalCall(bound, span, call.Name == "-" ? -1 : 1, call.Offset);
    }

    private static BoundCall IntervalCall(BoundExpression value, IntervalSyntax span, int sign, int offset)
    {
        const long day = 86_400_000_000L;
        var wholeDays = span.Micros % day == 0;
        if (!wholeDays) value = Coercion.Convert(value, DataType.Timestamp);
        var fine = value.Type.Kind == TypeKind.Date ? span.Micros / day : span.Micros;
        var literals = new[] { span.Months * sign, fine * sign }.Select(each => new BoundLiteral(Scalar.Of(each), offset));
        return new BoundCall("add_interval", [value, .. literals], value.Type, value.Nullable, offset);
    }

    private static string NumberHint(BoundExpression value) => value.Type.Kind == TypeKind.String
        ? $"cast it: cast({(value is BoundColumn column ? column.Name : "x")} as float64)"
        : "cast it to a number";
}
