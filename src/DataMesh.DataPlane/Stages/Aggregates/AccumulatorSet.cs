using DataMesh.Core.Columns;
using DataMesh.Core.Storage;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>The accumulators of one plan over the same groups.</summary>
internal sealed class AccumulatorSet(IReadOnlyList<AccumulatorPlan> plans)
{
    private readonly Accumulator[] _accumulators = [.. plans.Select(each => each.Create())];

    /// <summary>An accumulator in the plan's order.</summary>
    public Accumulator this[int index] => _accumulators[index];

    /// <summary>Memory held, in bytes.</summary>
    public long ByteSize => _accumulators.Sum(each => each.ByteSize);

    /// <summary>Takes rows in: row i of the operands belongs to group <c>groups[i]</c>.</summary>
    public void Absorb(Column[] operands, ReadOnlySpan<int> groups, int groupCount)
    {
        for (var i = 0; i < _accumulators.Length; i++) Absorb(_accumulators[i], plans[i], operands, groups, groupCount);
    }

    /// <summary>Takes over what another has; its group g is group <c>map[g]</c> here, or is left behind when that is -1.</summary>
    public void Merge(AccumulatorSet other, ReadOnlySpan<int> map, int groupCount)
    {
        for (var i = 0; i < _accumulators.Length; i++) _accumulators[i].Merge(other._accumulators[i], map, groupCount);
    }

    /// <summary>Before the states go to another task: see <see cref="Accumulator.Locate"/>.</summary>
    public void Locate(Func<long, int> orderOf)
    {
        foreach (var accumulator in _accumulators) accumulator.Locate(orderOf);
    }

    /// <summary>Writes the states of some groups.</summary>
    public void Save(StateWriter writer, ReadOnlySpan<int> groups)
    {
        foreach (var accumulator in _accumulators) accumulator.Save(writer, groups);
    }

    /// <summary>Reads the states of groups that it has none of yet.</summary>
    public void Restore(StateReader reader, ReadOnlySpan<int> groups, int groupCount)
    {
        foreach (var accumulator in _accumulators) accumulator.Restore(reader, groups, groupCount);
    }

    private static void Absorb(Accumulator accumulator, AccumulatorPlan plan, Column[] operands, ReadOnlySpan<int> groups, int groupCount)
    {
        var arguments = Arguments(plan, operands);
        if (plan.Filter >= 0) AbsorbFiltered(accumulator, arguments, operands[plan.Filter], groups, groupCount);
        else accumulator.Absorb(arguments, groups, groupCount);
        foreach (var argument in arguments) argument.Dispose();
    }

    private static Column[] Arguments(AccumulatorPlan plan, Column[] operands)
    {
        if (plan.Argument < 0) return [];
        var arguments = new List<Column> { Argument(operands[plan.Argument], plan.AsDouble) };
        if (plan.Order >= 0) arguments.Add(Argument(operands[plan.Order], asDouble: false));
        if (plan.TakesPositions) arguments.Add(operands[^1].Share());
        return [.. arguments];
    }

    private static void AbsorbFiltered(Accumulator accumulator, Column[] arguments, Column filter, ReadOnlySpan<int> groups, int groupCount)
    {
        if (filter is not BoolColumn flags) return;
        using var passing = flags.Values.Clone();
        if (flags.Validity is not null) passing.And(flags.Validity);
        var rows = passing.ToIndices();
        var taken = new int[rows.Length];
        for (var i = 0; i < rows.Length; i++) taken[i] = groups[rows[i]];
        var picked = Array.ConvertAll(arguments, argument => argument.Take(rows));
        accumulator.Absorb(picked, taken, groupCount);
        foreach (var column in picked) column.Dispose();
    }

    private static Column Argument(Column operand, bool asDouble) =>
        asDouble ? NumberColumns.ToDouble(operand)
        : operand is NullColumn ? Column.Nulls(DataType.Int64, operand.Length)
        : operand.Share();
}
