using DataMesh.Core.Columns;

namespace DataMesh.Core.Expressions;

/// <content>Function calls: overload resolution.</content>
public sealed partial class ExpressionBinder
{
    private BoundExpression BindCall(CallSyntax call) => BindOperator(call) ?? BindFunction(call, call.Name);

    private BoundExpression BindFunction(CallSyntax call, string shownName)
    {
        var function = FunctionCatalog.Find(call.Name);
        if (function is null || function.Forms.Count == 0)
            throw Error(call, $"There is no function '{call.Name}'.", FunctionCatalog.HintFor(call.Name));
        if (function.Name == "date_add" && call.Arguments.Count == 2 && call.Arguments[1] is IntervalSyntax)
            return AddInterval(call with { Name = "+" });
        var arguments = call.Arguments.Select(Bind).ToList();
        return BindForm(call, function, arguments) ?? BindOverload(call, function, arguments, shownName);
    }

    /// <summary>The functions that evaluate only what they need and so are nodes of their own.</summary>
    private BoundExpression? BindForm(CallSyntax call, FunctionDescription function, List<BoundExpression> arguments)
    {
        switch (function.Name)
        {
            case "coalesce" when arguments.Count > 0:
                Unify(arguments, call, "The arguments");
                return new BoundCoalesce(arguments, arguments[0].Type, arguments.TrueForAll(each => each.Nullable), call.Offset);
            case "mod" when arguments.Count == 2: return Arithmetic(call, "%", arguments[0], arguments[1]);
            case "if" when arguments.Count == 3: return MakeCase([Condition(arguments[0], "if")], arguments[1..], call);
            case "nullif" when arguments.Count == 2:
                var isEqual = Compare("=", arguments[0], arguments[1], call);
                return new BoundCase([isEqual], [new BoundLiteral(Scalar.Null(arguments[0].Type), call.Offset)], arguments[0], arguments[0].Type, true, call.Offset);
            default: return null;
        }
    }

    private BoundCall BindOverload(CallSyntax call, FunctionDescription function, List<BoundExpression> arguments, string shownName)
    {
        var bestCost = int.MaxValue;
        FunctionSignature? best = null;
        DataType bestShared = default;
        foreach (var form in function.Forms)
        {
            var cost = CostOf(form, arguments, out var shared);
            if (cost < 0 || cost >= bestCost) continue;
            (bestCost, best, bestShared) = (cost, form, shared);
        }

        if (best is null)
        {
            var given = string.Join(", ", arguments.Select(each => each.Type.ToString()));
            throw Error(call, $"'{shownName}' can not take ({given}).", $"its forms: {string.Join("; ", function.Signatures)}. Other types need a cast");
        }

        var converted = arguments.Select((each, i) => Coercion.Convert(each, TargetOf(best.ParameterOf(i), each, bestShared))).ToList();
        var type = best.ResultKind == ParameterKind.Exact ? best.ResultType : bestShared;
        var nullable = best.ResultNullable || converted.Exists(each => each.Nullable);
        return new BoundCall(best.Key, converted, type, nullable, call.Offset);
    }

    private static int CostOf(FunctionSignature form, List<BoundExpression> arguments, out DataType shared)
    {
        shared = DataType.Null;
        if (arguments.Count < form.ArgumentsMin || arguments.Count > form.ArgumentsMax) return -1;
        if (!TryShare(form, arguments, ref shared)) return -1;
        var total = 0;
        for (var i = 0; i < arguments.Count; i++)
        {
            var parameter = form.ParameterOf(i);
            if (parameter.Kind == ParameterKind.Any) continue;
            var cost = Coercion.Cost(arguments[i], TargetOf(parameter, arguments[i], shared));
            if (cost < 0) return -1;
            total += cost * 4 + (parameter.Kind == ParameterKind.Exact ? 0 : 1);
        }

        return total;
    }

    /// <summary>Finds the type that the parameters of kind T or N share.</summary>
    private static bool TryShare(FunctionSignature form, List<BoundExpression> arguments, ref DataType shared)
    {
        BoundExpression? widest = null;
        for (var i = 0; i < arguments.Count; i++)
        {
            var kind = form.ParameterOf(i).Kind;
            if (kind is not (ParameterKind.Same or ParameterKind.Number or ParameterKind.Decimal)) continue;
            if (widest is null) widest = arguments[i];
            else
            {
                if (Coercion.Common(widest, arguments[i]) is not { } common) return false;
                widest = new BoundColumn(-1, "", common, true, 0);
            }

            if (kind == ParameterKind.Number && widest.Type.Kind == TypeKind.Null) widest = new BoundColumn(-1, "", DataType.Float64, true, 0);
            if (kind == ParameterKind.Number && !widest.Type.IsNumeric) return false;
            if (kind == ParameterKind.Decimal && widest.Type.Kind != TypeKind.Decimal) return false;
        }

        if (widest is not null) shared = widest.Type;
        return true;
    }

    private static DataType TargetOf(FunctionParameter parameter, BoundExpression argument, DataType shared) => parameter.Kind switch
    {
        ParameterKind.Exact => parameter.Type,
        ParameterKind.Any => argument.Type,
        _ => shared,
    };
}
