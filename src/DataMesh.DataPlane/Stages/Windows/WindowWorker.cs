using System.Globalization;
using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;
using DataMesh.DataPlane.Stages.Aggregates;
using DataMesh.DataPlane.Stages.Keys;

namespace DataMesh.DataPlane.Stages.Windows;

/// <summary>Takes rows into windows in source order, and emits windows when they have closed.</summary>
internal sealed class WindowWorker(WindowPlan plan, StateBudget budget) : StageWorker
{
    /// <summary>Times beyond this (about 146,000 years from 1970) are no times: adding a window to them would overflow.</summary>
    private const long TimeMax = 1L << 62;

    private readonly OperandReader[] _readers = [.. plan.Aggregate.Operands.Select(each => each.CreateReader())];
    private readonly OperandReader _on = plan.On.CreateReader();
    private readonly RowPositions? _positions = plan.Aggregate.NeedsPositions ? new RowPositions() : null;
    private WindowGroups _groups = WindowGroups.Of(plan);
    private long _held;
    private bool _hasChanged;

    public override void Process(RecordBatch batch, StageOutput output)
    {
        using (batch)
        {
            if (batch.Length == 0) return;
            _hasChanged = true;
            using var failed = Bitmap.Zeros(batch.Length);
            var operands = new Column[_readers.Length + (_positions is null ? 0 : 1)];
            for (var i = 0; i < _readers.Length; i++) operands[i] = Read(_readers[i], batch, failed);
            if (_positions is not null) operands[^1] = _positions.Next(batch.Length, output.BlockNumber);
            using var on = Read(_on, batch, failed);
            try
            {
                Take(batch, operands, WindowPlan.Times(on), GoodRows(batch, on, failed, output), output);
            }
            finally
            {
                foreach (var operand in operands) operand.Dispose();
            }
        }

        Emit(_groups.Closed(all: false), output);
        TrackMemory();
    }

    public override void Finish(StageOutput output)
    {
        if (!plan.EmitsAtEnd) return;
        var groups = _groups.Closed(all: true);
        if (groups.Length == 0) return;
        _hasChanged = true;
        _groups.Close(groups.Max(group => _groups.WindowOf(group).End));
        Emit(groups, output);
    }

    public override SavedState SaveState(StateWriter writer, bool whole)
    {
        if (!whole && !_hasChanged) return SavedState.Unchanged;
        _groups.Save(writer);
        _positions?.Save(writer);
        _hasChanged = false;
        return SavedState.Whole;
    }

    public override void RestoreState(StateReader reader)
    {
        _groups = WindowGroups.Of(plan);
        _groups.Restore(reader);
        _positions?.Restore(reader);
        TrackMemory();
    }

    private static Column Read(OperandReader reader, RecordBatch batch, Bitmap failed)
    {
        var column = reader.Read(batch, out var failures);
        using (failures)
            if (failures is not null) failed.Or(failures);
        return column;
    }

    /// <summary>The rows whose operands could be computed and that have an event time; the others are set aside.</summary>
    private static int[] GoodRows(RecordBatch batch, Column on, Bitmap failed, StageOutput output)
    {
        var failures = failed.ToIndices();
        if (failures.Length > 0) output.Quarantine(batch, failures, QuarantineReasons.ExpressionFailed);
        var (good, timeless) = (new List<int>(batch.Length), new List<int>());
        for (var row = 0; row < batch.Length; row++)
        {
            if (failed[row]) continue;
            var hasTime = !on.IsNull(row) && (on is not FixedColumn<long> times || times[row] is > -TimeMax and < TimeMax);
            (hasTime ? good : timeless).Add(row);
        }

        if (timeless.Count > 0) output.Quarantine(batch, timeless.ToArray(), QuarantineReasons.RuleFailed, "window.on", _ => "the row has no event time");
        return [.. good];
    }

    private void Take(RecordBatch batch, Column[] operands, long[] times, int[] rows, StageOutput output)
    {
        var assigned = _groups.Assign(rows, times, operands[..plan.Aggregate.Keys.Count]);
        Refuse(batch, assigned.Late, times, output);
        output.Count(LedgerTerm.Absorbed, assigned.Taken);
        var taken = assigned.Rows.ToArray();
        var arguments = Array.ConvertAll(operands, operand => operand.Take(taken));
        _groups.States.Absorb(arguments, [.. assigned.Groups], _groups.Count);
        foreach (var argument in arguments) argument.Dispose();
        _groups.Settle();
    }

    private void Refuse(RecordBatch batch, List<int> late, long[] times, StageOutput output)
    {
        if (late.Count == 0) return;
        switch (plan.Late)
        {
            case LateRows.Drop:
                output.Count(LedgerTerm.Filtered, late.Count);
                break;
            case LateRows.Quarantine:
                output.Quarantine(batch, late.ToArray(), QuarantineReasons.Late, "window", row => $"every window of {Text(times[row])} had closed");
                break;
            default:
                throw new DataMeshException($"A row of {Text(times[late[0]])} is late: every window of it had closed.", hint: "allow more lateness, or say late: quarantine");
        }
    }

    private static string Text(long time) => DateTime.UnixEpoch.AddMicroseconds(time).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    private void Emit(int[] groups, StageOutput output)
    {
        if (groups.Length == 0) return;
        output.Count(LedgerTerm.Created, groups.Length);
        for (var from = 0; from < groups.Length; from += Limits.BatchRowsMax)
            output.Emit(Build(groups.AsSpan(from, Math.Min(Limits.BatchRowsMax, groups.Length - from))));
        _groups.Remove(groups);
    }

    private RecordBatch Build(ReadOnlySpan<int> groups)
    {
        var columns = new Column[plan.Output.Count];
        var (starts, ends) = (new ColumnBuilder(DataType.Timestamp), new ColumnBuilder(DataType.Timestamp));
        foreach (var group in groups)
        {
            var (start, end) = _groups.WindowOf(group);
            starts.Append(start);
            ends.Append(end);
        }

        (columns[0], columns[1]) = (starts.Build(), ends.Build());
        for (var key = 0; key < plan.Aggregate.Keys.Count; key++) columns[2 + key] = _groups.BuildKey(key, groups);
        for (var i = 0; i < plan.Aggregate.Results.Count; i++)
        {
            var result = plan.Aggregate.Results[i];
            var builder = new ColumnBuilder(result.Field.Type);
            foreach (var group in groups) result.Read(_groups.States[result.Accumulator], group, builder);
            columns[2 + plan.Aggregate.Keys.Count + i] = builder.Build();
        }

        return new RecordBatch(plan.Output, columns, groups.Length);
    }

    private void TrackMemory()
    {
        budget.Change(_groups.ByteSize - _held);
        _held = _groups.ByteSize;
    }
}
