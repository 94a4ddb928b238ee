using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Core.Sketches;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>The aggregate functions by name.</summary>
internal static class AggregateFunctions
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<AggregateFunction> All { get; } =
    [
        new("count", "count(*), count(x), count(distinct x)", "rows; rows in which x is not null; different values of x", 1, (_, _) => Count()),
        new("count_if", "count_if(condition)", "rows for which the condition is true", 1, (type, _) => Flags(type, DataType.Int64, static (state, column) => column.Append(state.Trues))),
        new("sum", "sum(x)", "sum of int64 (error beyond 64 bits), float64 or decimal", 1, (type, _) => Sum(type)),
        new("avg", "avg(x)", "mean as float64", 1, (type, _) => Average(type)),
        new("min", "min(x)", "smallest value", 1, (type, _) => Extreme<Smallest>(type)),
        new("max", "max(x)", "largest value", 1, (type, _) => Extreme<Largest>(type)),
        new("any_value", "any_value(x)", "one value that is not null: the smallest, so that every run gives the same", 1, (type, _) => Extreme<Smallest>(type)),
        Pick("first", "first(x), first(x order by y [desc])", "x, null or not, of the row that stands first in the source, or by y", isLast: false),
        Pick("last", "last(x), last(x order by y [desc])", "x, null or not, of the row that stands last in the source, or by y", isLast: true),
        new("stddev", "stddev(x)", "sample standard deviation", 1, (type, _) => Deviation(type, static moments => Math.Sqrt(moments.SampleVariance))),
        new("stddev_pop", "stddev_pop(x)", "standard deviation of a whole population", 1, (type, _) => Deviation(type, static moments => Math.Sqrt(moments.PopulationVariance))),
        new("variance", "variance(x)", "sample variance", 1, (type, _) => Deviation(type, static moments => moments.SampleVariance)),
        new("var_pop", "var_pop(x)", "variance of a whole population", 1, (type, _) => Deviation(type, static moments => moments.PopulationVariance)),
        new("approx_distinct", "approx_distinct(x)", "different values: exact up to 256, then within about 1.6 % (one standard error)", 1, (_, _) => ApproximateDistinct()),
        new("count_distinct", "count_distinct(x)", "different values, exact; memory grows with them", 1, (type, _) => ExactDistinct(type)),
        new("quantile", "quantile(x, 0.95)", "value at a rank, linear between neighbours: exact up to 4,096 different values, then within about 0.2 % of itself", 1, Quantile) { TakesRank = true },
        new("median", "median(x)", "quantile(x, 0.5)", 1, (type, _) => Quantile(type, 0.5)),
        new("bool_and", "bool_and(x)", "whether every x is true", 1, (type, _) => Flags(type, DataType.Bool, static (state, column) => AppendFlag(column, state, state.Trues == state.Count))),
        new("bool_or", "bool_or(x)", "whether some x is true", 1, (type, _) => Flags(type, DataType.Bool, static (state, column) => AppendFlag(column, state, state.Trues > 0))),
    ];

    private static readonly Dictionary<string, string> Aliases = new()
    {
        ["mean"] = "avg",
        ["average"] = "avg",
        ["stddev_samp"] = "stddev",
        ["var_samp"] = "variance",
        ["var"] = "variance",
        ["approx_count_distinct"] = "approx_distinct",
        ["quantile_cont"] = "quantile",
        ["percentile"] = "quantile",
        ["first_value"] = "first",
        ["last_value"] = "last",
        ["every"] = "bool_and",
        ["countif"] = "count_if",
        ["minimum"] = "min",
        ["maximum"] = "max",
        ["total"] = "sum",
    };

    /// <summary>Other names for a function.</summary>
    public static IReadOnlyList<string> AliasesOf(string name) => [.. Aliases.Where(each => each.Value == name).Select(each => each.Key)];

    /// <summary>The function of a call, or an error with the nearest name.</summary>
    public static AggregateFunction Find(AggregateCall call)
    {
        var name = Aliases.GetValueOrDefault(call.Name, call.Name);
        if (call.Distinct) name = name == "count" ? "count_distinct" : name;
        if (All.FirstOrDefault(each => each.Name == name) is { } function) return function;
        throw AggregateCall.Error(call.Text, 0, $"There is no aggregate '{call.Name}'.", Nearest.Hint(call.Name, [.. All.Select(each => each.Name)]));
    }

    /// <summary><c>count(*)</c> and <c>count(x)</c>.</summary>
    public static BoundFunction Count() => BoundFunction.Of<CountAccumulator, long>(DataType.Int64, static (count, column) => column.Append(count));

    private static BoundFunction? Sum(DataType type) => type.Kind switch
    {
        TypeKind.Int64 or TypeKind.Null => BoundFunction.Of<IntegerSumAccumulator, IntegerSum>(DataType.Int64, static (state, column) => AppendInteger(column, state)),
        TypeKind.Float64 => BoundFunction.Of<DoubleSumAccumulator, DoubleSum>(DataType.Float64, static (state, column) => AppendNumber(column, state.Count, state.Sum.Value)),
        TypeKind.Decimal => BoundFunction.Of<DecimalSumAccumulator, IntegerSum>(DataType.Decimal(38, type.Scale), static (state, column) =>
        {
            if (state.Count == 0) column.AppendNull();
            else column.Append(state.Sum);
        }),
        _ => null,
    };

    private static BoundFunction? Average(DataType type) => type.Kind switch
    {
        TypeKind.Int64 or TypeKind.Null => BoundFunction.Of<IntegerSumAccumulator, IntegerSum>(DataType.Float64, static (state, column) => AppendNumber(column, state.Count, (double)state.Sum / state.Count)),
        TypeKind.Float64 => BoundFunction.Of<DoubleSumAccumulator, DoubleSum>(DataType.Float64, static (state, column) => AppendNumber(column, state.Count, (state.Sum / state.Count).Value)),
        TypeKind.Decimal => BoundFunction.Of<DecimalSumAccumulator, IntegerSum>(DataType.Float64, (state, column) => AppendNumber(column, state.Count, (double)state.Sum / Math.Pow(10, type.Scale) / state.Count)),
        _ => null,
    };

    private static BoundFunction? Extreme<TDirection>(DataType type) where TDirection : struct, IDirection => type.Kind switch
    {
        TypeKind.Int64 or TypeKind.Timestamp or TypeKind.Null => FixedExtreme<long, TDirection>(type.Kind == TypeKind.Null ? DataType.Int64 : type, static (column, value) => column.Append(value)),
        TypeKind.Float64 => FixedExtreme<double, TDirection>(type, static (column, value) => column.Append(value)),
        TypeKind.Date => FixedExtreme<int, TDirection>(type, static (column, value) => column.Append((long)value)),
        TypeKind.Decimal => FixedExtreme<Int128, TDirection>(type, static (column, value) => column.Append(value)),
        TypeKind.Bool => Flags(type, type, static (state, column) => AppendFlag(column, state, TDirection.Better(-1) ? state.Trues == state.Count : state.Trues > 0)),
        _ => BoundFunction.Of<BytesExtremeAccumulator<TDirection>, byte[]?>(type, static (state, column) =>
        {
            if (state is null) column.AppendNull();
            else column.Append(state);
        }),
    };

    private static BoundFunction FixedExtreme<T, TDirection>(DataType type, Action<ColumnBuilder, T> append)
        where T : unmanaged, IComparable<T>
        where TDirection : struct, IDirection =>
        BoundFunction.Of<ExtremeAccumulator<T, TDirection>, Extreme<T>>(type, (state, column) =>
        {
            if (state.Any) append(column, state.Value);
            else column.AppendNull();
        });

    private static BoundFunction? Deviation(DataType type, Func<Moments, double> read) => !type.IsNumeric && type.Kind != TypeKind.Null ? null
        : BoundFunction.Of<MomentsAccumulator, Moments>(DataType.Float64, (state, column) => AppendNumber(column, double.IsNaN(read(state)) && double.IsFinite(state.Sum.High) ? 0 : state.Count, read(state)), asDouble: true);

    private static BoundFunction ApproximateDistinct() =>
        BoundFunction.Of<ApproximateDistinctAccumulator, HyperLogLog?>(DataType.Int64, static (state, column) => column.Append(state?.Estimate() ?? 0));

    private static BoundFunction ExactDistinct(DataType type) =>
        new(DataType.Int64, nameof(ExactDistinct), () => new ExactDistinctAccumulator(type), static (states, group, column) => column.Append(((ExactDistinctAccumulator)states).Of(group)));

    private static BoundFunction? Quantile(DataType type, double rank)
    {
        if (!type.IsNumeric && type.Kind is not (TypeKind.Date or TypeKind.Timestamp or TypeKind.Null)) return null;
        var result = type.Kind is TypeKind.Date or TypeKind.Timestamp ? type : DataType.Float64;
        return BoundFunction.Of<QuantileAccumulator, QuantileSketch?>(result, (state, column) =>
        {
            if (state is null || state.Count == 0) column.AppendNull();
            else if (result.Kind == TypeKind.Float64) column.Append(state.Quantile(rank));
            else column.Append((long)Math.Round(state.Quantile(rank)));
        }, asDouble: true);
    }

    private static AggregateFunction Pick(string name, string signature, string summary, bool isLast)
    {
        return new AggregateFunction(name, signature, summary, 1, (type, _) => Bind(type, isOrdered: false, isDescending: false)) { BindOrdered = Bind };

        BoundFunction Bind(DataType type, bool isOrdered, bool isDescending) =>
            new(type.Kind == TypeKind.Null ? DataType.Int64 : type, $"{name} {(isDescending ? "down" : "up")}", () => new PickAccumulator(isLast, isOrdered, isDescending),
                static (states, group, column) => ((PickAccumulator)states).Of(group).Value.AppendTo(column))
            { TakesPositions = true };
    }

    private static BoundFunction? Flags(DataType type, DataType result, Action<FlagCounts, ColumnBuilder> read) =>
        type.Kind is not TypeKind.Bool ? null : BoundFunction.Of<FlagAccumulator, FlagCounts>(result, read);

    private static void AppendFlag(ColumnBuilder column, FlagCounts state, bool value)
    {
        if (state.Count == 0) column.AppendNull();
        else column.Append(value);
    }

    private static void AppendNumber(ColumnBuilder column, long count, double value)
    {
        if (count == 0) column.AppendNull();
        else column.Append(value);
    }

    private static void AppendInteger(ColumnBuilder column, IntegerSum state)
    {
        if (state.Count == 0) column.AppendNull();
        else if (state.Sum < long.MinValue || state.Sum > long.MaxValue)
            throw new DataMeshException($"A sum of integers is {state.Sum}, beyond 64 bits.", hint: "sum it as float64 or decimal: cast the column before the aggregate");
        else column.Append((long)state.Sum);
    }
}
