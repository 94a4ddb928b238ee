using DataMesh.Core.Columns;

namespace DataMesh.Core.Components;

/// <summary>What kind of value an option takes.</summary>
public enum OptionKind
{
    /// <summary>Text.</summary>
    Text,
    /// <summary>One character; <c>tab</c> and <c>\t</c> mean the tabulator.</summary>
    Character,
    /// <summary>true or false.</summary>
    Flag,
    /// <summary>A whole number.</summary>
    Integer,
    /// <summary>A number.</summary>
    Number,
    /// <summary>One of a set of words.</summary>
    Word,
    /// <summary>An expression.</summary>
    Expression,
    /// <summary>A number of bytes, such as 64MB.</summary>
    Bytes,
    /// <summary>A length of time, such as 5m.</summary>
    Duration,
    /// <summary>The name of a column type.</summary>
    Type,
    /// <summary>A list.</summary>
    List,
    /// <summary>A mapping with keys of the user's.</summary>
    Map,
    /// <summary>A mapping with options of its own.</summary>
    Options,
    /// <summary>A source with its <c>type:</c>.</summary>
    Source,
}

/// <summary>The shape of an option's value, derived from its property's type: what the binder, the JSON Schema and the reference share.</summary>
public sealed class OptionShape
{
    private static readonly Dictionary<Type, OptionKind> Scalars = new()
    {
        [typeof(string)] = OptionKind.Text,
        [typeof(char)] = OptionKind.Character,
        [typeof(bool)] = OptionKind.Flag,
        [typeof(int)] = OptionKind.Integer,
        [typeof(long)] = OptionKind.Integer,
        [typeof(double)] = OptionKind.Number,
        [typeof(ExpressionText)] = OptionKind.Expression,
        [typeof(ByteCount)] = OptionKind.Bytes,
        [typeof(TimeSpan)] = OptionKind.Duration,
        [typeof(DataType)] = OptionKind.Type,
    };

    private OptionShape(OptionKind kind, Type type, OptionShape? element = null)
    {
        Kind = kind;
        Type = type;
        Element = element;
    }

    /// <summary>The kind of value.</summary>
    public OptionKind Kind { get; }

    /// <summary>The .NET type that is bound, without its nullability.</summary>
    public Type Type { get; }

    /// <summary>The shape of the items of a list or of the values of a map.</summary>
    public OptionShape? Element { get; }

    /// <summary>The options of a nested class.</summary>
    public OptionSet Options => field ??= OptionSet.Of(Type);

    /// <summary>The words of an enum in snake_case.</summary>
    public IReadOnlyList<string> Words => field ??= Kind == OptionKind.Word ? [.. Enum.GetNames(Type).Select(Naming.SnakeCase)] : [];

    /// <summary>What a user writes, for messages and the reference: <c>a text</c>, <c>a list of expressions</c>.</summary>
    public string Describe() => Kind switch
    {
        OptionKind.Text => "text",
        OptionKind.Character => "one character",
        OptionKind.Flag => "true or false",
        OptionKind.Integer => "whole number",
        OptionKind.Number => "number",
        OptionKind.Word => $"one of {string.Join(", ", Words)}",
        OptionKind.Expression => "expression",
        OptionKind.Bytes => "size such as 64MB",
        OptionKind.Duration => "duration such as 5m",
        OptionKind.Type => "column type",
        OptionKind.List => $"list of {Element!.Describe()}",
        OptionKind.Map => $"mapping of name to {Element!.Describe()}",
        OptionKind.Source => "source",
        _ when Options.Shorthand is { } shorthand => $"{shorthand.Shape.Describe()}, or a mapping with {string.Join(", ", Options.All.Select(option => option.Name))}",
        _ => $"mapping with {string.Join(", ", Options.All.Select(option => option.Name))}",
    };

    /// <summary>The shape of a property type. Throws for a type that no option can have: a mistake of the component's author.</summary>
    public static OptionShape Of(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Scalars.TryGetValue(type, out var scalar)) return new OptionShape(scalar, type);
        if (type.IsEnum) return new OptionShape(OptionKind.Word, type);
        if (type == typeof(Source)) return new OptionShape(OptionKind.Source, type);
        if (type.IsArray) return new OptionShape(OptionKind.List, type, Of(type.GetElementType()!));
        if (type.IsGenericType) return OfGeneric(type);
        if (type.IsClass && OptionSet.Of(type).All.Count > 0) return new OptionShape(OptionKind.Options, type);
        throw new NotSupportedException($"An option can not be a {type}.");
    }

    private static OptionShape OfGeneric(Type type)
    {
        var definition = type.GetGenericTypeDefinition();
        var element = type.GetGenericArguments()[0];
        if (definition == typeof(OrderedMap<>)) return new OptionShape(OptionKind.Map, type, Of(element));
        if (definition == typeof(List<>) || (type.IsInterface && type.IsAssignableFrom(element.MakeArrayType())))
            return new OptionShape(OptionKind.List, type, Of(element));
        throw new NotSupportedException($"An option can not be a {type}.");
    }
}
