using System.Buffers;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Storage;
using DataMesh.DataPlane.Stages.Keys;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>Takes batches into groups, on one core: operands, then group numbers, then one tight loop per accumulator.</summary>
internal sealed class AggregateWorker : StageWorker
{
    private readonly AggregatePlan _plan;
    private readonly StateBudget _budget;
    private readonly OperandReader[] _readers;
    private readonly RowPositions? _positions;
    private long _held;

    public AggregateWorker(AggregatePlan plan, StateBudget budget)
    {
        _plan = plan;
        _budget = budget;
        _readers = [.. plan.Operands.Select(each => each.CreateReader())];
        _positions = plan.NeedsPositions ? new RowPositions() : null;
        Groups = new GroupTable([.. plan.Keys.Select(each => each.Type)]);
        States = new AccumulatorSet(plan.Accumulators);
    }

    /// <summary>The groups seen.</summary>
    public GroupTable Groups { get; }

    /// <summary>Their states.</summary>
    public AccumulatorSet States { get; }

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
        States.Merge(other.States, map, Groups.Count);
    }

    /// <summary>Writes some groups, with their keys.</summary>
    public void Write(StateWriter writer, ReadOnlySpan<int> groups)
    {
        writer.Int32(groups.Length);
        for (var key = 0; key < _plan.Keys.Count; key++)
        {
            using var column = Groups.Build(key, groups);
            ColumnState.Write(writer, column);
        }

        States.Save(writer, groups);
    }

    /// <summary>Takes over groups that another worker wrote.</summary>
    public void Take(StateReader reader)
    {
        var numbers = new int[reader.Int32()];
        var keys = new Column[_plan.Keys.Count];
        for (var key = 0; key < keys.Length; key++) keys[key] = ColumnState.Read(reader, _plan.Keys[key].Type);
        Groups.Assign(keys, numbers);
        foreach (var key in keys) key.Dispose();
        var states = new AccumulatorSet(_plan.Accumulators);
        int[] groups = [.. Enumerable.Range(0, numbers.Length)];
        states.Restore(reader, groups, groups.Length);
        States.Merge(states, numbers, Groups.Count);
        TrackMemory();
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
        if (_positions is null) States.Absorb(operands, groups, Groups.Count);
        else
        {
            using var positions = _positions.Next(length, output.BlockNumber);
            States.Absorb([.. operands, positions], groups, Groups.Count);
        }

        ArrayPool<int>.Shared.Return(numbers);
        output.Count(LedgerTerm.Absorbed, length);
    }

    private void TrackMemory()
    {
        var held = Groups.ByteSize + States.ByteSize;
        _budget.Change(held - _held);
        _held = held;
    }
}
