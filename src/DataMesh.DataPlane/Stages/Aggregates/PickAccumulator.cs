using DataMesh.Core.Columns;
using DataMesh.Core.Storage;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>The row of a group that is picked so far: its value, its order key, its place in the source.</summary>
internal struct Picked
{
    public PickedValue Value;
    public PickedValue Key;
    public long Position;
    /// <summary>The place of its split among all splits; 0 while positions of one task alone are compared.</summary>
    public int Split;
    public bool Any;
}

/// <summary>
/// <c>first</c> and <c>last</c>: the value of the row at one end of the source, or of an order. Rows know their position, so that it makes no difference which
/// core took them in. A row without an order key counts only where no row has one; rows with equal keys stand in source order.
/// </summary>
/// <param name="isLast">Whether the other end is meant.</param>
/// <param name="isOrdered">Whether there is an order key: the argument after the value. The positions come last.</param>
/// <param name="isDescending">Whether the order goes down.</param>
internal sealed class PickAccumulator(bool isLast, bool isOrdered, bool isDescending) : Accumulator<Picked>
{
    private readonly bool _seeksLargest = isLast != isDescending;
    private readonly List<int> _touched = [];
    private int[] _winners = [];
    private long _bytes;

    public override long ByteSize => base.ByteSize + _bytes + _winners.Length * 4L;

    /// <summary>First finds the row of the batch that wins in each group, then reads the values of these alone.</summary>
    protected override void AbsorbRows(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups)
    {
        if (_winners.Length < States.Length) _winners = new int[States.Length];
        var positions = ((FixedColumn<long>)arguments[^1]).Values;
        if (isOrdered) FindByKey(arguments[1], positions, groups);
        else FindByPlace(groups);
        foreach (var group in _touched)
        {
            var row = _winners[group] - 1;
            _winners[group] = 0;
            var candidate = new Picked { Any = true, Position = positions[row] };
            if (isOrdered) candidate.Key = PickedValue.Key(arguments[1], row);
            if (!Wins(in candidate, in States[group])) continue;
            candidate.Value = PickedValue.Of(arguments[0], row);
            Replace(ref States[group], in candidate);
        }

        _touched.Clear();
    }

    protected override void MergeState(ref Picked state, in Picked other)
    {
        if (other.Any && Wins(in other, in state)) Replace(ref state, in other);
    }

    protected override void SaveState(StateWriter writer, Picked state)
    {
        writer.Byte((byte)(!state.Any ? 0 : state.Split == 0 ? 1 : 2));
        if (!state.Any) return;
        if (state.Split != 0) writer.Int32(state.Split);
        writer.Int64(state.Position);
        state.Value.Write(writer);
        state.Key.Write(writer);
    }

    protected override Picked RestoreState(StateReader reader)
    {
        var state = default(Picked);
        var kind = reader.Byte();
        if (kind == 0) return state;
        Replace(ref state, new Picked
        {
            Any = true,
            Split = kind == 2 ? reader.Int32() : 0,
            Position = reader.Int64(),
            Value = PickedValue.Read(reader),
            Key = PickedValue.Read(reader),
        });
        return state;
    }

    public override void Locate(Func<long, int> orderOf)
    {
        foreach (ref var state in States.AsSpan())
            if (state.Any) state.Split = orderOf(RowPositions.BlockOf(state.Position));
    }

    /// <summary>Rows of a batch stand in source order.</summary>
    private void FindByPlace(ReadOnlySpan<int> groups)
    {
        for (var row = 0; row < groups.Length; row++)
        {
            ref var winner = ref _winners[groups[row]];
            if (winner == 0) _touched.Add(groups[row]);
            if (winner == 0 || isLast) winner = row + 1;
        }
    }

    private void FindByKey(Column keys, ReadOnlySpan<long> positions, ReadOnlySpan<int> groups)
    {
        var texts = keys as VarColumn;
        var numbers = texts is null ? Array.ConvertAll(Enumerable.Range(0, groups.Length).ToArray(), row => keys.IsNull(row) ? 0 : PickedValue.Sortable(keys, row)) : [];
        for (var row = 0; row < groups.Length; row++)
        {
            ref var winner = ref _winners[groups[row]];
            if (winner == 0) _touched.Add(groups[row]);
            else
            {
                var (hasKey, had) = (!keys.IsNull(row), !keys.IsNull(winner - 1));
                var compared = !hasKey || !had ? 0 : texts is null ? numbers[row].CompareTo(numbers[winner - 1]) : texts[row].SequenceCompareTo(texts[winner - 1]);
                if (!Wins(hasKey, had, compared, positions[row] > positions[winner - 1])) continue;
            }

            winner = row + 1;
        }
    }

    private bool Wins(in Picked candidate, in Picked current)
    {
        if (!current.Any) return true;
        var compared = isOrdered && candidate.Key.Any && current.Key.Any ? candidate.Key.CompareTo(current.Key) : 0;
        var isLater = candidate.Split != current.Split ? candidate.Split > current.Split : candidate.Position > current.Position;
        return Wins(candidate.Key.Any, current.Key.Any, compared, isLater);
    }

    private bool Wins(bool hasKey, bool had, int compared, bool isLater)
    {
        if (hasKey != had) return hasKey;
        if (compared != 0) return compared > 0 == _seeksLargest;
        return isLater == isLast;
    }

    private void Replace(ref Picked state, in Picked by)
    {
        _bytes += by.Value.ByteSize + by.Key.ByteSize - state.Value.ByteSize - state.Key.ByteSize;
        state = by;
    }
}
