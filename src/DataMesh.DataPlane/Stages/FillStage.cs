using System.Globalization;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Kernels;
using DataMesh.DataPlane.Stages.Fills;
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

    /// <summary>The value before.</summary>
    [Option("Whether the last value before it that is not null, in source order, stands in; a constant or an expression beside it where there is none yet.")]
    public bool Previous { get; set; }

    /// <summary>Keys of the value before.</summary>
    [Option("With `previous`: columns whose values must be equal, so that only rows of the same key are looked at.")]
    public IReadOnlyList<string> By { get; set; } = [];

    /// <summary>Whether the rule has something for a row alone.</summary>
    internal bool HasOwn => Value is not null || Expression is not null;
}

/// <summary>Puts something in place of nulls.</summary>
[Component("fill", ComponentKind.Stage, "Puts a constant, the result of an expression, or the value before in place of nulls.",
    Details = "Constants are read as values of the column's type. Columns are filled in the order they stand; an expression sees those filled before it. "
        + "`previous` comes before all of these: it looks at values and keys as they came in, in source order (files in the order of their names), over the ends of files and epochs. "
        + "The last values are kept from run to run, in files that are committed with the rows; records that are replayed from quarantine count as rows that come last. "
        + "Rows pass one core where a column is filled with `previous`.")]
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
[Example("The value before, per sensor", "fill: { value: { previous: true, by: [sensor] }, unit: { previous: true, value: none } }", """
    {"sensor": "a", "value": 1.5, "unit": null}
    {"sensor": "b", "value": null, "unit": "K"}
    {"sensor": "a", "value": null, "unit": null}
    {"sensor": "b", "value": 7.5, "unit": "C"}
    {"sensor": "b", "value": null, "unit": null}
    """, """
    {"sensor": "a", "value": 1.5, "unit": "none"}
    {"sensor": "b", "value": null, "unit": "K"}
    {"sensor": "a", "value": 1.5, "unit": "K"}
    {"sensor": "b", "value": 7.5, "unit": "C"}
    {"sensor": "b", "value": 7.5, "unit": "C"}
    """)]
public sealed class FillStage : Stage
{
    /// <summary>Column to replacement.</summary>
    [Option("The columns and what stands in for their nulls: a constant, or a mapping with an expression or `previous`.", Required = true, Shorthand = true)]
    public OrderedMap<FillRule> Columns { get; set; } = [];

    /// <inheritdoc/>
    public override StageOrder Order => Columns.Any(entry => entry.Value.Previous) ? StageOrder.Sequential : StageOrder.Parallel;

    /// <inheritdoc/>
    public override IReadOnlyList<Schema> OutputsInSpite(Schema input) => [ColumnPattern.Assume(input, Columns.Where(entry => input.IndexOf(entry.Key) < 0).Select(entry => entry.Key))];

    /// <inheritdoc/>
    public override void CheckAlone() => Syntax.Check(Columns.Select(entry => entry.Value.Expression));

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        var filled = new OrderedMap<ExpressionText>();
        var carried = new List<(int Column, int[] Keys)>();
        DataMeshException.CheckEach(Columns, entry =>
        {
            if (!entry.Value.Previous && entry.Value.By.Count > 0)
                throw new DataMeshException($"'by' goes with 'previous' alone: '{entry.Key}' is filled from its own row.", entry.Location, hint: "add previous: true, or leave by out");
            foreach (var index in ColumnPattern.Find(entry.Key, input, context, entry.Location))
            {
                if (entry.Value.Previous) carried.Add((index, [.. entry.Value.By.Select((name, i) => input.Require(name, OptionPlaces.Of(entry.Value, nameof(FillRule.By), i) ?? entry.Location))]));
                if (entry.Value.HasOwn || !entry.Value.Previous)
                    filled.Add(new OrderedMapEntry<ExpressionText>(input[index].Name, ToExpression(entry, input[index], input), entry.Location));
            }
        });

        var bound = new DeriveStage { Columns = filled }.Bind(input, context);
        return Order == StageOrder.Sequential ? new BoundPrevious(PlanOf(input, carried), bound) : bound;
    }

    private PreviousPlan PlanOf(Schema input, List<(int Column, int[] Keys)> carried)
    {
        var rules = Columns.Where(entry => entry.Value.Previous).Select(entry => entry.Value.By.Count == 0 ? entry.Key : $"{entry.Key} by {string.Join(", ", entry.Value.By)}");
        var groups = carried.DistinctBy(each => each.Column).GroupBy(each => string.Join(',', each.Keys), (_, columns) => new PreviousGroup(columns.First().Keys, [.. columns.Select(each => each.Column)]));
        return new PreviousPlan(input, [.. groups], $"the last value of {string.Join("; ", rules)}");
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
            throw new DataMeshException($"There is nothing to fill '{field.Name}' with.", entry.Location, hint: "give a constant, an expression or previous: true");
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
