using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>What a function needs and gives for one type of argument.</summary>
/// <param name="Result">Type of the result.</param>
/// <param name="State">Name of what is accumulated: functions of the same argument with the same state share it.</param>
/// <param name="Create">Makes an accumulator.</param>
/// <param name="Read">Appends a group's result to a column.</param>
/// <param name="AsDouble">Whether the accumulator wants its argument converted to float64.</param>
internal sealed record BoundFunction(DataType Result, string State, Func<Accumulator> Create, Action<Accumulator, int, ColumnBuilder> Read, bool AsDouble = false)
{
    /// <summary>Whether the accumulator wants to know where rows stand in the source.</summary>
    public bool TakesPositions { get; init; }

    /// <summary>A function whose accumulator keeps one <typeparamref name="TState"/> per group.</summary>
    public static BoundFunction Of<TAccumulator, TState>(DataType result, Action<TState?, ColumnBuilder> read, bool asDouble = false)
        where TAccumulator : Accumulator<TState>, new() =>
        new(result, typeof(TAccumulator).ToString(), static () => new TAccumulator(), (states, group, column) => read(((TAccumulator)states).Of(group), column), asDouble);
}

/// <summary>An aggregate function as people know it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Signature">How it is called.</param>
/// <param name="Summary">What it gives.</param>
/// <param name="Arguments">How many expressions it takes (constants such as a quantile's rank not counted).</param>
/// <param name="Bind">Binds it to the type of its argument and its constant; null when the type does not fit.</param>
internal sealed record AggregateFunction(string Name, string Signature, string Summary, int Arguments, Func<DataType, double, BoundFunction?> Bind)
{
    /// <summary>Whether a constant between 0 and 1 follows the argument.</summary>
    public bool TakesRank { get; init; }

    /// <summary>
    /// Binds a function of the rows' order to the type of its argument; told whether <c>order by</c> follows the argument, and whether it goes down. Null for
    /// functions to which the order makes no difference.
    /// </summary>
    public Func<DataType, bool, bool, BoundFunction>? BindOrdered { get; init; }
}
