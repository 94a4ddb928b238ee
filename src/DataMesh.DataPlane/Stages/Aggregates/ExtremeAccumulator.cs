using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Core.Columns;
using DataMesh.Core.Storage;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>The smallest or largest value of a group.</summary>
internal struct Extreme<T>
{
    public T Value;
    public bool Any;
}

/// <summary>Whether <c>min</c> or <c>max</c> is looked for: a type parameter, so that the loops are compiled for each.</summary>
internal interface IDirection
{
    /// <summary>Whether <paramref name="compared"/> (candidate to current) makes the candidate the better one.</summary>
    static abstract bool Better(int compared);
}

internal readonly struct Smallest : IDirection
{
    public static bool Better(int compared) => compared < 0;
}

internal readonly struct Largest : IDirection
{
    public static bool Better(int compared) => compared > 0;
}

/// <summary>Extremes of fixed-width values. NaN counts as larger than every number, as in sorting by SQL engines.</summary>
internal sealed class ExtremeAccumulator<T, TDirection> : Accumulator<Extreme<T>>
    where T : unmanaged, IComparable<T>
    where TDirection : struct, IDirection
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void AbsorbRows(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups)
    {
        var states = States;
        var argument = (FixedColumn<T>)arguments[0];
        var values = argument.Values[..groups.Length];
        var valid = argument.NullCount == 0 ? default : (ReadOnlySpan<ulong>)argument.Validity!.Words;
        for (var i = 0; i < groups.Length; i++)
        {
            if (valid.Length != 0 && (valid[i >> 6] >> i & 1) == 0) continue;
            ref var state = ref states[groups[i]];
            if (state.Any && !TDirection.Better(Compare(values[i], state.Value))) continue;
            state.Value = values[i];
            state.Any = true;
        }
    }

    protected override void MergeState(ref Extreme<T> state, in Extreme<T> other)
    {
        if (other.Any && (!state.Any || TDirection.Better(Compare(other.Value, state.Value)))) state = other;
    }

    protected override void SaveState(StateWriter writer, Extreme<T> state)
    {
        writer.Flag(state.Any);
        if (state.Any) writer.Raw(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in state.Value)));
    }

    protected override Extreme<T> RestoreState(StateReader reader)
    {
        var state = new Extreme<T> { Any = reader.Flag() };
        if (state.Any) reader.Raw(MemoryMarshal.AsBytes(new Span<T>(ref state.Value)));
        return state;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Compare(T a, T b)
    {
        if (typeof(T) != typeof(double)) return a.CompareTo(b);
        var (x, y) = ((double)(object)a, (double)(object)b);
        return x < y ? -1 : x > y ? 1 : x == y ? 0 : double.IsNaN(x) ? (double.IsNaN(y) ? 0 : 1) : -1;
    }
}

/// <summary>Extremes of byte strings, compared byte by byte.</summary>
internal sealed class BytesExtremeAccumulator<TDirection> : Accumulator<byte[]?> where TDirection : struct, IDirection
{
    private long _bytes;

    public override long ByteSize => base.ByteSize + _bytes;

    protected override void AbsorbRows(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups)
    {
        var states = States;
        var argument = (VarColumn)arguments[0];
        var hasNulls = argument.NullCount != 0;
        for (var i = 0; i < groups.Length; i++)
        {
            if (hasNulls && argument.IsNull(i)) continue;
            ref var state = ref states[groups[i]];
            var value = argument[i];
            if (state is null || TDirection.Better(value.SequenceCompareTo(state))) Replace(ref state, value);
        }
    }

    protected override void MergeState(ref byte[]? state, in byte[]? other)
    {
        if (other is not null && (state is null || TDirection.Better(other.AsSpan().SequenceCompareTo(state)))) Replace(ref state, other);
    }

    protected override void SaveState(StateWriter writer, byte[]? state)
    {
        writer.Flag(state is not null);
        if (state is not null) writer.Bytes(state);
    }

    protected override byte[]? RestoreState(StateReader reader)
    {
        byte[]? state = null;
        if (reader.Flag()) Replace(ref state, reader.Bytes());
        return state;
    }

    private void Replace(ref byte[]? state, ReadOnlySpan<byte> value)
    {
        _bytes += value.Length - (state?.Length ?? -24);
        state = value.ToArray();
    }
}
