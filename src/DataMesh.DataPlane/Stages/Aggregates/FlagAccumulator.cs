using DataMesh.Core.Columns;
using DataMesh.Core.Storage;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>How many booleans of a group are known and how many of them true: enough for and, or, min, max and count_if.</summary>
internal struct FlagCounts
{
    public long Count;
    public long Trues;
}

/// <summary>Counts booleans.</summary>
internal sealed class FlagAccumulator : Accumulator<FlagCounts>
{
    protected override void AbsorbRows(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups)
    {
        var states = States;
        var flags = (BoolColumn)arguments[0];
        for (var i = 0; i < groups.Length; i++)
        {
            if (flags.IsNull(i)) continue;
            ref var state = ref states[groups[i]];
            state.Count++;
            if (flags[i]) state.Trues++;
        }
    }

    protected override void MergeState(ref FlagCounts state, in FlagCounts other)
    {
        state.Count += other.Count;
        state.Trues += other.Trues;
    }

    protected override void SaveState(StateWriter writer, FlagCounts state)
    {
        writer.Int64(state.Count);
        writer.Int64(state.Trues);
    }

    protected override FlagCounts RestoreState(StateReader reader) => new() { Count = reader.Int64(), Trues = reader.Int64() };
}
