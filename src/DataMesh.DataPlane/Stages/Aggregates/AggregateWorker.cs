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
