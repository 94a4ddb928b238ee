using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages.Aggregates;
using DataMesh.DataPlane.Stages.Keys;
using DataMesh.DataPlane.Stages.Shared;
using DataMesh.DataPlane.Stages.Windows;

namespace DataMesh.DataPlane.Stages;

/// <summary>Groups rows by keys and computes aggregates of every group.</summary>
[Component("aggregate", ComponentKind.Stage, "Groups rows by keys and gives one row per group with its aggregates.",
    Details = "Groups come out sorted by their keys, from left to right, nulls last; null is a key like any other. Without `group_by` there is one row, even for no input. "
        + "Nulls are left out of every aggregate but `count(*)`, `first` and `last`; an aggregate of nothing is null (a count is 0). Sums of float64 are kept to about 106 bits, so that a result "
        + "does not depend on how many cores took part; sums of int64 are exact, and one beyond 64 bits is an error. An aggregate may be followed by `filter (where condition)`. "
        + "`first(x)` and `last(x)` take x, null or not, from the first or last row in source order, on however many cores; "
        + "`first(x order by y)` from the row with the smallest y, `last` from that with the largest, the other way round with `desc`: of rows with the same y the "
        + "first or last in the source, and rows without a y only where there is no other. `first(x) filter (where x is not null)` leaves nulls out. "
        + "Functions: `count`, `count_if`, `sum`, `avg`, `min`, `max`, `any_value`, `stddev`, `stddev_pop`, `variance`, `var_pop`, `approx_distinct`, `count_distinct` "
        + "(or `count(distinct x)`), `quantile(x, 0.95)`, `median`, `bool_and`, `bool_or`, `first`, `last`.\n\n"
        + "With `window` rows are grouped by event time too, and the columns `window_start` and `window_end` (exclusive) come first. The watermark is the largest event time of all rows "
        + "before, in source order, less `lateness`: a window closes when the watermark reaches its end, is emitted then, and takes no more rows; a row all of whose windows have closed "
        + "is late. A session reaches from its first row to `gap` after its last. Rows without an event time go to quarantine (`rule_failed`, `window.on`). Open windows are kept from "
        + "epoch to epoch and, with `at_end: keep`, from run to run; with `at_end: emit` rows that come for them in a later run are late. A pipeline that runs again and again needs "
        + "windows: without them the groups of every run would be rows of their own.")]
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
[Example("First, last and newest values", "aggregate: { group_by: [sensor], aggregates: { begin: first(value), end: last(value), newest: last(value order by at) } }",
    """
    {"sensor": "a", "at": 1, "value": 10}
    {"sensor": "a", "at": 3, "value": 30}
    {"sensor": "a", "at": 2, "value": 20}
    """,
    """{"sensor": "a", "begin": 10, "end": 20, "newest": 30}""")]
[Example("Rows per hour, one of them late", "aggregate: { group_by: [zone], aggregates: { trips: count(*) }, window: { on: cast(at as timestamp), tumbling: 1h, lateness: 10m } }",
    """
    {"at": "2024-01-01T00:10:00Z", "zone": "a"}
    {"at": "2024-01-01T01:05:00Z", "zone": "a"}
    {"at": "2024-01-01T00:50:00Z", "zone": "a"}
    {"at": "2024-01-01T01:10:00Z", "zone": "b"}
    {"at": "2024-01-01T00:55:00Z", "zone": "b"}
    """,
    """
    {"window_start": "2024-01-01T00:00:00Z", "window_end": "2024-01-01T01:00:00Z", "zone": "a", "trips": 2}
    {"window_start": "2024-01-01T01:00:00Z", "window_end": "2024-01-01T02:00:00Z", "zone": "a", "trips": 1}
    {"window_start": "2024-01-01T01:00:00Z", "window_end": "2024-01-01T02:00:00Z", "zone": "b", "trips": 1}
    """, Quarantined = ["late"])]
[Example("Sessions of users, two of which a late row joins", "aggregate: { group_by: [user], aggregates: { clicks: count(*) }, window: { on: cast(at as timestamp), session: 30m, lateness: 1h } }",
    """
    {"at": "2024-01-01T10:00:00Z", "user": "ann"}
    {"at": "2024-01-01T10:40:00Z", "user": "ann"}
    {"at": "2024-01-01T10:20:00Z", "user": "ann"}
    {"at": "2024-01-01T12:00:00Z", "user": "bob"}
    """,
    """
    {"window_start": "2024-01-01T10:00:00Z", "window_end": "2024-01-01T11:10:00Z", "user": "ann", "clicks": 3}
    {"window_start": "2024-01-01T12:00:00Z", "window_end": "2024-01-01T12:30:00Z", "user": "bob", "clicks": 1}
    """)]
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

    /// <summary>Windows of event time.</summary>
    [Option("Windows of event time to group by besides: `tumbling`, `sliding` or `session`. They are emitted when they close, so that the input need not end.")]
    public WindowOptions? Window { get; set; }

    /// <inheritdoc/>
    public override StageOrder Order => Window is null ? StageOrder.Merging : StageOrder.Sequential;

    /// <inheritdoc/>
    public override IReadOnlyList<Schema> OutputsInSpite(Schema input) =>
        [ColumnPattern.Assume(new Schema([]), GroupBy.Select(key => SplitName(key) is var (text, name) ? name ?? Unquoted(text.Text, input) : "").Concat(Aggregates.Select(each => each.Key)))];

    /// <inheritdoc/>
    public override void CheckAlone() => DataMeshException.CheckEach(Aggregates, entry =>
    {
        var call = AggregateCall.Parse(entry.Value);
        AggregateFunctions.Find(call);
        Syntax.Check([.. call.Arguments, call.OrderBy]);
    });

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        if (GroupBy.Count == 0 && Aggregates.Count == 0 && Window is null)
            throw new DataMeshException("aggregate has nothing to do.", hint: "give it group_by, aggregates, or both");
        var plan = new AggregatePlan(input);
        var keys = GroupBy.Select<ExpressionText, Action>(key => () => AddKey(plan, key, input));
        DataMeshException.CheckEach(keys.Concat(Aggregates.Select<OrderedMapEntry<ExpressionText>, Action>(each => () => plan.AddAggregate(each.Key, each.Value))), add => add());
        if (Window is not null)
        {
            var texts = GroupBy.Select(key => key.Text).Concat(Aggregates.Select(each => $"{each.Key} = {each.Value}"));
            return new BoundWindows(WindowPlan.Bind(Window, plan, texts, input, context), Budget);
        }

        return new BoundAggregate(plan, Budget());
    }

    private StateBudget Budget() => StateBudget.Of("aggregate", Memory, "group by fewer or coarser keys, use approx_distinct instead of count_distinct, or raise memory:");

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
