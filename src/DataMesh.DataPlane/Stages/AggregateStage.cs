using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages.Aggregates;
using DataMesh.DataPlane.Stages.Keys;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages;

/// <summary>Groups rows by keys and computes aggregates of every group.</summary>
[Component("aggregate", ComponentKind.Stage, "Groups rows by keys and gives one row per group with its aggregates.",
    Details = "Groups come out sorted by their keys, from left to right, nulls last; null is a key like any other. Without `group_by` there is one row, even for no input. "
        + "Nulls are left out of every aggregate but `count(*)`; an aggregate of nothing is null (a count is 0). Sums of float64 are kept to about 106 bits, so that a result "
        + "does not depend on how many cores took part; sums of int64 are exact, and one beyond 64 bits is an error. An aggregate may be followed by `filter (where condition)`. "
        + "Functions: `count`, `count_if`, `sum`, `avg`, `min`, `max`, `any_value`, `stddev`, `stddev_pop`, `variance`, `var_pop`, `approx_distinct`, `count_distinct` "
        + "(or `count(distinct x)`), `quantile(x, 0.95)`, `median`, `bool_and`, `bool_or`. There is no `first` or `last`: cores take rows in no fixed order.")]
[Example("Totals per key", "aggregate: { group_by: [zone], aggregates: { trips: count(*), total: sum(amount), mean: avg(amount) } }",
    """
    {"zone": "b", "amount": 1.5}
    {"zone": "a", "amount": 2.0}
    {"zone": "b", "amount": 2.5}
    """,
    """
    {"zone": "a", "trips": 1, "total": 2.0, "mean": 2.0}
    {"zone": "b", "trips": 2, "total": 4.0, "mean": 2.0}
    """)]
[Example("One row for everything", "aggregate: { aggregates: { rows: count(*), known: count(x), different: count(distinct x), most: max(x) } }",
    """
    {"x": 3}
    {"x": null}
    {"x": 3}
    {"x": 7}
    """,
    """{"rows": 4, "known": 3, "different": 2, "most": 7}""")]
public sealed class AggregateStage : Stage
{
    /// <summary>The keys.</summary>
    [Option("Columns to group by; `expression as name` groups by a computed value. Without it, all rows are one group.")]
    public IReadOnlyList<ExpressionText> GroupBy { get; set; } = [];

    /// <summary>The aggregates by name.</summary>
    [Option("Output columns: name to aggregate, such as `total: sum(amount)`. Without it, the stage gives the distinct keys.")]
    public OrderedMap<ExpressionText> Aggregates { get; set; } = [];

    /// <summary>Memory for the groups.</summary>
    [Option("Memory that the groups of all cores together may take before the run fails; 1GB without it.")]
    public ByteCount? Memory { get; set; }

    /// <inheritdoc/>
    public override StageOrder Order => StageOrder.Merging;

    /// <inheritdoc/>
    public override IReadOnlyList<Schema> OutputsInSpite(Schema input) =>
        [ColumnPattern.Assume(new Schema([]), GroupBy.Select(key => SplitName(key) is var (text, name) ? name ?? Unquoted(text.Text, input) : "").Concat(Aggregates.Select(each => each.Key)))];

    /// <inheritdoc/>
    public override void CheckAlone() => DataMeshException.CheckEach(Aggregates, entry =>
    {
        var call = AggregateCall.Parse(entry.Value);
        AggregateFunctions.Find(call);
        Syntax.Check(call.Arguments);
    });

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        if (GroupBy.Count == 0 && Aggregates.Count == 0)
            throw new DataMeshException("aggregate has nothing to do.", hint: "give it group_by, aggregates, or both");
        var plan = new AggregatePlan(input);
        var keys = GroupBy.Select<ExpressionText, Action>(key => () => AddKey(plan, key, input));
        DataMeshException.CheckEach(keys.Concat(Aggregates.Select<OrderedMapEntry<ExpressionText>, Action>(each => () => plan.AddAggregate(each.Key, each.Value))), add => add());
        return new BoundAggregate(plan, StateBudget.Of("aggregate", Memory, "group by fewer or coarser keys, use approx_distinct instead of count_distinct, or raise memory:"));
    }

    private static void AddKey(AggregatePlan plan, ExpressionText key, Schema input)
    {
        var (text, name) = SplitName(key);
        plan.AddKey(name ?? Unquoted(text.Text, input), text);
    }

    /// <summary><c>expression as name</c>: the name after the last <c>as</c> outside quotes and parentheses.</summary>
    private static (ExpressionText Text, string? Name) SplitName(ExpressionText key)
    {
        var at = key.Text.LastIndexOf(" as ", StringComparison.OrdinalIgnoreCase);
        if (at < 0 || key.Text.AsSpan(at + 4).ContainsAny("()'")) return (key, null);
        var name = key.Text[(at + 4)..].Trim().Trim('"', '`');
        return name.Length == 0 ? (key, null) : (AggregateCall.Piece(key, 0, at), name);
    }

    private static string Unquoted(string text, Schema input)
    {
        var name = text.Trim();
        if (input.TryGet(name, out var field) || input.TryGet(name.Trim('"', '`'), out field)) return field.Name;
        return name;
    }
}
