using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>One accumulator: how to make it, and which operands it takes.</summary>
/// <param name="Create">Makes it.</param>
/// <param name="Argument">Number of the operand that is its argument; -1 for none.</param>
/// <param name="AsDouble">Whether the argument is converted to float64.</param>
/// <param name="Filter">Number of the operand that is its condition; -1 for none.</param>
internal sealed record AccumulatorPlan(Func<Accumulator> Create, int Argument, bool AsDouble, int Filter)
{
    /// <summary>Number of the operand that its rows are ordered by; -1 for none.</summary>
    public int Order { get; init; } = -1;

    /// <summary>Whether it takes the rows' positions, which stand behind the operands.</summary>
    public bool TakesPositions { get; init; }
}

/// <summary>One output column: read from which accumulator, how.</summary>
internal sealed record ResultPlan(Field Field, int Accumulator, Action<Accumulator, int, ColumnBuilder> Read);

/// <summary>
/// An aggregate stage bound to its input: operands (each computed once per batch), accumulators (shared by functions that need the same, such as sum and avg of
/// one column) and result columns. Accumulator 0 counts the rows of every group.
/// </summary>
internal sealed class AggregatePlan
{
    private readonly Schema _input;
    private readonly List<Operand> _operands = [];
    private readonly List<AccumulatorPlan> _accumulators = [];
    private readonly List<string> _states = [];
    private readonly List<ResultPlan> _results = [];
    private readonly List<Field> _keys = [];

    public AggregatePlan(Schema input)
    {
        _input = input;
        AddState(AggregateFunctions.Count(), -1, -1);
    }

    /// <summary>What is computed per batch; the first are the keys.</summary>
    public IReadOnlyList<Operand> Operands => _operands;

    /// <summary>The key columns of the output.</summary>
    public IReadOnlyList<Field> Keys => _keys;

    /// <summary>The accumulators.</summary>
    public IReadOnlyList<AccumulatorPlan> Accumulators => _accumulators;

    /// <summary>The other columns of the output.</summary>
    public IReadOnlyList<ResultPlan> Results => _results;

    /// <summary>Whether a column of the rows' positions in the source follows the operands.</summary>
    public bool NeedsPositions => _accumulators.Exists(each => each.TakesPositions);

    /// <summary>Keys, then results.</summary>
    public Schema Output => new([.. _keys, .. _results.Select(each => each.Field)]);

    /// <summary>Adds a key; all keys come before all aggregates.</summary>
    public void AddKey(string name, ExpressionText text)
    {
        _operands.Add(Operand.Bind(text, _input));
        _keys.Add(new Field(name, _operands[^1].Type));
    }

    /// <summary>Adds an aggregate under a name.</summary>
    public void AddAggregate(string name, ExpressionText text)
    {
        var call = AggregateCall.Parse(text);
        var function = AggregateFunctions.Find(call);
        var filter = call.Filter is null ? -1 : AddOperand(call.Filter);
        if (filter >= 0 && _operands[filter].Type.Kind is not (TypeKind.Bool or TypeKind.Null))
            throw AggregateCall.Error(call.Filter!, 0, $"'{call.Filter}' is {_operands[filter].Type}, a filter needs bool.");
        if (function.Name == "count" && call.Arguments.Count == 0)
        {
            AddResult(name, AggregateFunctions.Count(), -1, filter, nullable: false);
            return;
        }

        CheckArguments(call, function);
        var argument = AddOperand(call.Arguments[0]);
        var type = _operands[argument].Type;
        if (function.BindOrdered is { } bind)
        {
            var order = call.OrderBy is null ? -1 : AddOperand(call.OrderBy);
            AddResult(name, bind(type, order >= 0, call.IsDescending), argument, filter, nullable: true, order);
            return;
        }

        var bound = function.Bind(type, function.TakesRank ? Rank(call) : 0)
            ?? throw AggregateCall.Error(call.Arguments[0], 0, $"{function.Name} does not take {type}.", type.Kind == TypeKind.String ? "cast the column to a number before the aggregate" : null);
        AddResult(name, bound, argument, filter, nullable: !function.Name.Contains("count", StringComparison.Ordinal));
    }

    private static void CheckArguments(AggregateCall call, AggregateFunction function)
    {
        var expected = function.Arguments + (function.TakesRank ? 1 : 0);
        if (call.Arguments.Count != expected)
            throw AggregateCall.Error(call.Text, 0, $"{function.Name} takes {expected} argument{(expected == 1 ? "" : "s")}, not {call.Arguments.Count}.", $"write {function.Signature}");
        if (call.OrderBy is not null && function.BindOrdered is null)
            throw AggregateCall.Error(call.OrderBy, 0, $"{function.Name} does not take order by.", "the order of the rows makes no difference to it; leave it out, or use first or last");
        if (call.Distinct && function.Name is not ("count_distinct" or "min" or "max" or "any_value" or "approx_distinct"))
            throw AggregateCall.Error(call.Text, 0, $"{function.Name} does not take distinct.", "deduplicate before the aggregate");
    }

    private static double Rank(AggregateCall call) =>
        double.TryParse(call.Arguments[1].Text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var rank) && rank is >= 0 and <= 1
            ? rank
            : throw AggregateCall.Error(call.Arguments[1], 0, $"'{call.Arguments[1]}' is no rank.", "give a number from 0 to 1, such as 0.95");

    private int AddOperand(ExpressionText text)
    {
        var at = _operands.FindIndex(each => each.Text == text.Text);
        if (at >= 0) return at;
        _operands.Add(Operand.Bind(text, _input));
        return _operands.Count - 1;
    }

    private void AddResult(string name, BoundFunction function, int argument, int filter, bool nullable, int order = -1) =>
        _results.Add(new ResultPlan(new Field(name, function.Result, nullable), AddState(function, argument, filter, order), function.Read));

    private int AddState(BoundFunction function, int argument, int filter, int order = -1)
    {
        var state = $"{function.State}({argument}, {order}) {filter}";
        var at = _states.IndexOf(state);
        if (at >= 0) return at;
        _states.Add(state);
        _accumulators.Add(new AccumulatorPlan(function.Create, argument, function.AsDouble, filter) { Order = order, TakesPositions = function.TakesPositions });
        return _accumulators.Count - 1;
    }
}
