using System.Globalization;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Kernels;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages;

/// <summary>What stands in for a null.</summary>
public sealed class FillRule
{
    /// <summary>A constant.</summary>
    [Option("A constant of the column's type.", Shorthand = true)]
    public string? Value { get; set; }

    /// <summary>An expression.</summary>
    [Option("An expression of the column's type, computed from the same row.")]
    public ExpressionText? Expression { get; set; }
}

/// <summary>Puts something in place of nulls.</summary>
[Component("fill", ComponentKind.Stage, "Puts a constant, or the result of an expression, in place of nulls.",
    Details = "Constants are read as values of the column's type. Columns are filled in the order they stand; an expression sees those filled before it.")]
[Example("Constants", "fill: { city: unknown, amount: 0 }", """
    {"city": null, "amount": 5}
    {"city": "Oslo", "amount": null}
    """, """
    {"city": "unknown", "amount": 5}
    {"city": "Oslo", "amount": 0}
    """)]
[Example("From another column", "fill: { name: { expression: nickname } }", """
    {"name": null, "nickname": "Al"}
    {"name": "Bo", "nickname": "B"}
    """, """
    {"name": "Al", "nickname": "Al"}
    {"name": "Bo", "nickname": "B"}
    """)]
public sealed class FillStage : Stage
{
    /// <summary>Column to replacement.</summary>
    [Option("The columns and what stands in for their nulls: a constant, or a mapping with an expression.", Required = true, Shorthand = true)]
    public OrderedMap<FillRule> Columns { get; set; } = [];

    /// <inheritdoc/>
    public override IReadOnlyList<Schema> OutputsInSpite(Schema input) => [ColumnPattern.Assume(input, Columns.Where(entry => input.IndexOf(entry.Key) < 0).Select(entry => entry.Key))];

    /// <inheritdoc/>
    public override void CheckAlone() => Syntax.Check(Columns.Select(entry => entry.Value.Expression));

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        var filled = new OrderedMap<ExpressionText>();
        DataMeshException.CheckEach(Columns, entry =>
        {
            foreach (var index in ColumnPattern.Find(entry.Key, input, context, entry.Location))
                filled.Add(new OrderedMapEntry<ExpressionText>(input[index].Name, ToExpression(entry, input[index], input), entry.Location));
        });

        return new DeriveStage { Columns = filled }.Bind(input, context);
    }

    private static ExpressionText ToExpression(OrderedMapEntry<FillRule> entry, Field field, Schema input)
    {
        var prefix = $"coalesce({RuleText.Quote(field.Name)}, ";
        if (entry.Value.Expression is { } given)
        {
            var location = given.Location is { Column: > 0 } place ? place with { Column = place.Column - prefix.Length } : given.Location;
            var whole = new ExpressionText($"{prefix}{given.Text})", location);
            var type = CompiledExpression.Compile(whole, input).Type;
            if (type == field.Type || field.Type.Kind == TypeKind.Null) return whole;
            throw new DataMeshException($"The column '{field.Name}' is {field.Type} and can not be filled with {type}.", given.Location, hint: "cast one of them");
        }

        if (entry.Value.Value is not { } constant)
            throw new DataMeshException($"There is nothing to fill '{field.Name}' with.", entry.Location, hint: "give a constant or an expression");
        return new ExpressionText($"{prefix}{Literal(constant, field, entry.Location)})", entry.Location);
    }

    /// <summary>The constant as the expression language writes a value of the column's type.</summary>
    private static string Literal(string constant, Field field, Location? location)
    {
        var quoted = $"'{constant.Replace("'", "''", StringComparison.Ordinal)}'";
        var type = field.Type.Kind == TypeKind.Null ? TypeOf(constant) : field.Type;
        return type.Kind switch
        {
            TypeKind.String => quoted,
            TypeKind.Date => $"date '{Canonical(constant, field, location)}'",
            TypeKind.Timestamp => $"timestamp '{Canonical(constant, field, location)}'",
            TypeKind.Bool => Canonical(constant, field with { Type = type }, location),
            _ => $"cast('{Canonical(constant, field with { Type = type }, location).Replace("'", "''", StringComparison.Ordinal)}' as {type})",
        };
    }

    private static string Canonical(string constant, Field field, Location? location)
    {
        var builder = new ColumnBuilder(DataType.String);
        builder.Append(constant);
        using var text = builder.Build();
        using var value = Casts.Cast(text, field.Type, null, out var failed);
        using (failed)
        {
            if (failed is null || failed.CountOnes() == 0) return ValueText.Format(value, 0)!;
        }

        throw new DataMeshException($"'{constant}' is not a value of the column '{field.Name}', which is {field.Type}.", location);
    }

    /// <summary>The type of a constant for a column in which only nulls were seen.</summary>
    private static DataType TypeOf(string constant)
    {
        if (long.TryParse(constant, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)) return DataType.Int64;
        if (double.TryParse(constant, NumberStyles.Float, CultureInfo.InvariantCulture, out _)) return DataType.Float64;
        return bool.TryParse(constant, out _) ? DataType.Bool : DataType.String;
    }
}
