using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Kernels;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages;

/// <summary>How one column is converted.</summary>
public sealed class CastRule
{
    /// <summary>The new type.</summary>
    [Option("The new type.", Required = true, Shorthand = true)]
    public DataType Type { get; set; }

    /// <summary>Patterns of dates and timestamps.</summary>
    [Option("For dates and timestamps: the pattern of the text, or several that are tried in order; `%d.%m.%Y` and `dd.MM.yyyy` are both understood. ISO 8601 by default.")]
    public IReadOnlyList<string> Format { get; set; } = [];

    /// <summary>The zone of times without one.</summary>
    [Option("For timestamps: the IANA time zone in which times without a zone are read or written; UTC by default.")]
    public string Timezone { get; set; } = "UTC";

    /// <summary>How decimals are rounded.</summary>
    [Option("How digits that a decimal or an integer has no room for are rounded: half_even (default) or half_away.")]
    public DecimalRounding Rounding { get; set; }

    /// <summary>What becomes of rows that do not fit.</summary>
    [Option("What becomes of a row whose value can not be converted: quarantine, null or fail; the stage's `on_error` by default.")]
    public OnError? OnError { get; set; }

    internal CastFormat ToFormat() => new() { Patterns = Format, TimeZone = Timezone, Rounding = Rounding };
}

/// <summary>Converts columns to other types.</summary>
[Component("cast", ComponentKind.Stage, "Converts columns to other types.",
    Details = "Spaces around numbers and dates are no part of them. A value that can not be converted sets its row aside with the reason `cast_failed`, unless "
        + "`on_error` says otherwise; null stays null.")]
[Example("Texts to a date, a number and an exact amount",
    """cast: { day: { type: date, format: "%m/%d/%Y %H:%M" }, count: int64, price: "decimal(10,2)" }""", """
    {"day": "1/8/1990 0:00", "count": "12", "price": "3.5"}
    {"day": "1/9/1990 0:00", "count": "a dozen", "price": "1"}
    """, """
    {"day": "1990-01-08", "count": 12, "price": 3.50}
    """, Quarantined = ["cast_failed"])]
[Example("Null in place of what does not fit", "cast: { columns: { count: int64 }, on_error: \"null\" }", """
    {"count": "12"}
    {"count": "a dozen"}
    """, """
    {"count": 12}
    {"count": null}
    """)]
[Example("Local times", "cast: { seen: { type: timestamp, format: yyyy-MM-dd HH:mm, timezone: Europe/Berlin } }",
    """{"seen": "2024-07-01 12:00"}""", """{"seen": "2024-07-01T10:00:00Z"}""")]
public sealed class CastStage : Stage
{
    /// <summary>Column to type.</summary>
    [Option("The columns and their new types: a type, or a mapping with its options. Names may be patterns.", Required = true, Shorthand = true)]
    public OrderedMap<CastRule> Columns { get; set; } = [];

    /// <summary>What becomes of rows that do not fit.</summary>
    [Option("What becomes of a row whose value can not be converted: quarantine (default), null or fail.")]
    public OnError OnError { get; set; }

    /// <inheritdoc/>
    public override IReadOnlyList<Schema> OutputsInSpite(Schema input) => [ColumnPattern.Assume(input, Columns.Select(entry => entry.Key))];

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        var changes = new ColumnChange?[input.Count];
        DataMeshException.CheckEach(Columns, entry =>
        {
            var format = entry.Value.ToFormat();
            format.Validate(entry.Location);
            foreach (var index in ColumnPattern.Find(entry.Key, input, context, entry.Location))
            {
                RequireCast(input[index], entry);
                changes[index] = new CastChange(entry.Value.Type, entry.Value.OnError ?? OnError, format);
            }
        });

        return new BoundColumns(input, changes);
    }

    /// <summary>The expression language knows which casts there are.</summary>
    private static void RequireCast(Field field, OrderedMapEntry<CastRule> entry)
    {
        if (entry.Value.Type.Kind == TypeKind.Null) throw new DataMeshException($"'{entry.Key}' can not be cast to null.", entry.Location, hint: "`drop` leaves a column out");
        CompiledExpression.Compile(new ExpressionText($"cast({RuleText.Quote(field.Name)} as {entry.Value.Type})", entry.Location), new Schema([field]));
    }
}
