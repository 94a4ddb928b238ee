using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;
using DataMesh.Core.Sketches;
using DataMesh.Core.Storage;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>A sum of doubles with its count, for <c>sum</c> and <c>avg</c>.</summary>
internal struct DoubleSum
{
    public DoubleDouble Sum;
    public long Count;
}

/// <summary>Sums doubles in double-double arithmetic, so that the result does not depend on the order of rows or cores.</summary>
internal sealed class DoubleSumAccumulator : Accumulator<DoubleSum>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void AbsorbRows(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups)
    {
        var states = States;
        var values = ((FixedColumn<double>)arguments[0]).Values[..groups.Length];
        if (arguments[0].NullCount == 0)
        {
            for (var i = 0; i < groups.Length; i++)
            {
                ref var state = ref states[groups[i]];
                state.Sum.Add(values[i]);
                state.Count++;
            }

            return;
        }

        var valid = arguments[0].Validity!.Words;
        for (var i = 0; i < groups.Length; i++)
        {
            if ((valid[i >> 6] >> i & 1) == 0) continue;
            ref var state = ref states[groups[i]];
            state.Sum.Add(values[i]);
            state.Count++;
        }
    }

    protected override void MergeState(ref DoubleSum state, in DoubleSum other)
    {
        state.Sum.Add(other.Sum);
        state.Count += other.Count;
    }

    protected override void SaveState(StateWriter writer, DoubleSum state)
    {
        writer.Double(state.Sum.High);
        writer.Double(state.Sum.Low);
        writer.Int64(state.Count);
    }

    protected override DoubleSum RestoreState(StateReader reader) => new() { Sum = new DoubleDouble(reader.Double(), reader.Double()), Count = reader.Int64() };
}

/// <summary>A sum of integers or decimals with its count.</summary>
internal struct IntegerSum
{
    public Int128 Sum;
    public long Count;

    public readonly void Save(StateWriter writer)
    {
        writer.Int128(Sum);
        writer.Int64(Count);
    }

    public static IntegerSum Restore(StateReader reader) => new() { Sum = reader.Int128(), Count = reader.Int64() };
}

/// <summary>Sums integers exactly in 128 bits.</summary>
internal sealed class IntegerSumAccumulator : Accumulator<IntegerSum>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void AbsorbRows(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups)
    {
        var states = States;
        var values = ((FixedColumn<long>)arguments[0]).Values[..groups.Length];
        var valid = arguments[0].NullCount == 0 ? default : (ReadOnlySpan<ulong>)arguments[0].Validity!.Words;
        for (var i = 0; i < groups.Length; i++)
        {
            if (valid.Length != 0 && (valid[i >> 6] >> i & 1) == 0) continue;
            ref var state = ref states[groups[i]];
            state.Sum += values[i];
            state.Count++;
        }
    }

    protected override void MergeState(ref IntegerSum state, in IntegerSum other)
    {
        state.Sum += other.Sum;
        state.Count += other.Count;
    }

    protected override void SaveState(StateWriter writer, IntegerSum state) => state.Save(writer);

    protected override IntegerSum RestoreState(StateReader reader) => IntegerSum.Restore(reader);
}

/// <summary>Sums decimals of one scale exactly; 38 digits must hold the sum.</summary>
internal sealed class DecimalSumAccumulator : Accumulator<IntegerSum>
{
    protected override void AbsorbRows(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups)
    {
        var states = States;
        var values = ((FixedColumn<Int128>)arguments[0]).Values;
        for (var i = 0; i < groups.Length; i++)
        {
            if (arguments[0].IsNull(i)) continue;
            ref var state = ref states[groups[i]];
            state.Sum = checked(state.Sum + values[i]);
            state.Count++;
        }
    }

    protected override void MergeState(ref IntegerSum state, in IntegerSum other)
    {
        state.Sum = checked(state.Sum + other.Sum);
        state.Count += other.Count;
    }

    protected override void SaveState(StateWriter writer, IntegerSum state) => state.Save(writer);

    protected override IntegerSum RestoreState(StateReader reader) => IntegerSum.Restore(reader);
}
