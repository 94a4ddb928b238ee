using DataMesh.Core.Columns;

namespace DataMesh.Core.Expressions;

/// <summary>What a parameter takes.</summary>
public enum ParameterKind
{
    /// <summary>One type.</summary>
    Exact,
    /// <summary>Any type, left as it is.</summary>
    Any,
    /// <summary>Any type, the same for all parameters of this kind.</summary>
    Same,
    /// <summary>int64, float64 or decimal, the same for all parameters of this kind.</summary>
    Number,
    /// <summary>A decimal of any precision and scale.</summary>
    Decimal,
}

/// <summary>A parameter of a function.</summary>
/// <param name="Name">Its name, for people.</param>
/// <param name="Kind">What it takes.</param>
/// <param name="Type">The type, when it takes one.</param>
/// <param name="Optional">Whether it can be left out.</param>
/// <param name="Variadic">Whether it can repeat; only the last one.</param>
public sealed record FunctionParameter(string Name, ParameterKind Kind, DataType Type, bool Optional, bool Variadic);

/// <summary>One form of a function: <c>name(parameter type, parameter type?, parameter type...) -> type?</c>.</summary>
public sealed record FunctionSignature(string Text, string Key, IReadOnlyList<FunctionParameter> Parameters, ParameterKind ResultKind, DataType ResultType, bool ResultNullable)
{
    /// <summary>Fewest arguments.</summary>
    public int ArgumentsMin => Parameters.Count(each => !each.Optional);

    /// <summary>Most arguments.</summary>
    public int ArgumentsMax => Parameters.Count > 0 && Parameters[^1].Variadic ? int.MaxValue : Parameters.Count;

    /// <summary>The parameter that takes argument <paramref name="index"/>.</summary>
    public FunctionParameter ParameterOf(int index) => Parameters[Math.Min(index, Parameters.Count - 1)];

    /// <summary>Reads a declaration.</summary>
    public static FunctionSignature Parse(string text)
    {
        var arrow = text.LastIndexOf("->", StringComparison.Ordinal);
        var open = text.IndexOf('(');
        var close = text.LastIndexOf(')', arrow);
        var parameters = text[(open + 1)..close].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(ParseParameter).ToList();
        var result = text[(arrow + 2)..].Trim();
        var nullable = result.EndsWith('?');
        var (kind, type) = ParseType(result.TrimEnd('?'));
        var key = $"{text[..open].Trim()}({string.Join(",", parameters.Select(KeyPart))})";
        return new FunctionSignature(text, key, parameters, kind, type, nullable);
    }

    private static FunctionParameter ParseParameter(string text)
    {
        var parts = text.Split(' ', 2, StringSplitOptions.TrimEntries);
        var variadic = parts[1].EndsWith("...", StringComparison.Ordinal);
        var optional = parts[1].EndsWith('?');
        var (kind, type) = ParseType(parts[1].TrimEnd('.', '?'));
        return new FunctionParameter(parts[0], kind, type, optional, variadic);
    }

    private static (ParameterKind Kind, DataType Type) ParseType(string name) => name switch
    {
        "any" => (ParameterKind.Any, default),
        "T" => (ParameterKind.Same, default),
        "N" => (ParameterKind.Number, default),
        "decimal" => (ParameterKind.Decimal, default),
        _ => DataType.TryParse(name, out var type) ? (ParameterKind.Exact, type) : throw new ArgumentException($"'{name}' is not a type."),
    };

    private static string KeyPart(FunctionParameter parameter)
    {
        var type = parameter.Kind switch
        {
            ParameterKind.Any => "any",
            ParameterKind.Same => "T",
            ParameterKind.Number => "N",
            ParameterKind.Decimal => "decimal",
            _ => parameter.Type.ToString(),
        };
        return parameter.Variadic ? type + "..." : parameter.Optional ? type + "?" : type;
    }
}
