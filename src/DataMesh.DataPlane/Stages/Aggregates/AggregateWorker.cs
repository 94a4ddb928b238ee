using System.Buffers;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Stages.Keys;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>Takes batches into groups, on one core: operands, then group numbers, then one tight loop per accumulator.</summary>
internal sealed class AggregateWorker : StageWorker
{
    private readonly AggregatePlan _plan;
    private readonly StateBudget _budget;
    private readonly OperandReader[] _readers;
    private long _held;

    public AggregateWorker(AggregatePlan plan, StateBudget budget)
    {
        _plan = plan;
        _budget = budget;
        _readers = [.. plan.Operands.Select(each => each.CreateReader())];
        Groups = new GroupTable([.. plan.Keys.Select(each => each.Type)]);
        Accumulators = [.. plan.Accumulators.Select(each => each.Create())];
    }

    /// <summary>The groups seen.</summary>
    public GroupTable Groups { get; }

    /// <summary>Their states, in the plan's order.</summary>
    public Accumulator[] Accumulators { get; }

    public override void Process(RecordBatch batch, StageOutput output)
    {
        using (batch)
        {
            if (batch.Length == 0) return;
            var operands = ReadOperands(batch, out var failed);
            try
            {
                if (failed is null) Absorb(operands, batch.Length, output);
                else AbsorbRest(batch, operands, failed, output);
            }
            finally
            {
                foreach (var operand in operands) operand.Dispose();
            }
        }

        TrackMemory();
    }

    /// <summary>Takes over what another worker has.</summary>
    public void Absorb(AggregateWorker other)
    {
        var map = Groups.Absorb(other.Groups);
        for (var i = 0; i < Accumulators.Length; i++) Accumulators[i].Merge(other.Accumulators[i], map, Groups.Count);
    }

    private Column[] ReadOperands(RecordBatch batch, out Bitmap? failed)
    {
        failed = null;
        var operands = new Column[_readers.Length];
        for (var i = 0; i < operands.Length; i++)
        {
            operands[i] = _readers[i].Read(batch, out var failures);
            if (failures is null) continue;
            if (failed is null) failed = failures;
            else failed.Or(failures);
        }

        return operands;
    }

    /// <summary>Sets the rows aside that could not be computed, and takes the others in.</summary>
    private void AbsorbRest(RecordBatch batch, Column[] operands, Bitmap failed, StageOutput output)
    {
        output.Quarantine(batch, failed.ToIndices(), QuarantineReasons.ExpressionFailed);
        failed.Not();
        var rows = failed.ToIndices();
        for (var i = 0; i < operands.Length; i++)
        {
            var taken = operands[i].Take(rows);
            operands[i].Dispose();
            operands[i] = taken;
        }

        Absorb(operands, rows.Length, output);
    }

    private void Absorb(Column[] operands, int length, StageOutput output)
    {
        var numbers = ArrayPool<int>.Shared.Rent(length);
        var groups = numbers.AsSpan(0, length);
        Groups.Assign(operands.AsSpan(0, _plan.Keys.Count), groups);
        for (var i = 0; i < Accumulators.Length; i++) Absorb(Accumulators[i], _plan.Accumulators[i], operands, groups);
        ArrayPool<int>.Shared.Return(numbers);
        output.Count(LedgerTerm.Absorbed, length);
    }

    private void Absorb(Accumulator accumulator, AccumulatorPlan plan, Column[] operands, ReadOnlySpan<int> groups)
    {
        var arguments = plan.Argument < 0 ? [] : new[] { Argument(operands[plan.Argument], plan.AsDouble) };
        if (plan.Filter >= 0) AbsorbFiltered(accumulator, arguments, operands[plan.Filter], groups);
        else accumulator.Absorb(arguments, groups, Groups.Count);
        foreach (var argument in arguments) argument.Dispose();
    }

    private void AbsorbFiltered(Accumulator accumulator, Column[] arguments, Column filter, ReadOnlySpan<int> groups)
    {
        if (filter is not BoolColumn flags) return;
        using var passing = flags.Values.Clone();
        if (flags.Validity is not null) passing.And(flags.Validity);
        var rows = passing.ToIndices();
        var taken = new int[rows.Length];
        for (var i = 0; i < rows.Length; i++) taken[i] = groups[rows[i]];
        var picked = Array.ConvertAll(arguments, argument => argument.Take(rows));
        accumulator.Absorb(picked, taken, Groups.Count);
        foreach (var column in picked) column.Dispose();
    }

    private static Column Argument(Column operand, bool asDouble) =>
        asDouble ? NumberColumns.ToDouble(operand)
        : operand is NullColumn ? Column.Nulls(DataType.Int64, operand.Length)
        : operand.Share();

    private void TrackMemory()
    {
        var held = Groups.ByteSize;
        foreach (var accumulator in Accumulators) held += accumulator.ByteSize;
        _budget.Change(held - _held);
        _held = held;
    }
}
