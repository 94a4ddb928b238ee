using System.Numerics;
using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>What one aggregate keeps per group, on one core. Groups are numbers from 0; an array of states grows with them.</summary>
internal abstract class Accumulator
{
    /// <summary>Takes rows in: row i of the arguments belongs to group <c>groups[i]</c>, all below <paramref name="groupCount"/>.</summary>
    public abstract void Absorb(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount);

    /// <summary>Takes over what another of the same kind has; its group g is group <c>map[g]</c> here.</summary>
    public abstract void Merge(Accumulator other, ReadOnlySpan<int> map, int groupCount);

    /// <summary>Memory held, in bytes.</summary>
    public abstract long ByteSize { get; }

    /// <summary>Makes room for states.</summary>
    protected static void Reserve<T>(ref T[] states, int groupCount)
    {
        if (states.Length < groupCount) Array.Resize(ref states, (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(groupCount, 16)));
    }
}

/// <summary>An accumulator whose states are a plain array, with the loops over rows that are not null.</summary>
internal abstract class Accumulator<TState> : Accumulator
{
    private TState[] _states = [];

    /// <summary>One state per group; fewer when later groups have none yet.</summary>
    public TState[] States => _states;

    public override long ByteSize => (long)_states.Length * Unsafe.SizeOf<TState>();

    /// <summary>The state of a group that may have none yet.</summary>
    public TState? Of(int group) => group < _states.Length ? _states[group] : default;

    public sealed override void Absorb(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        Reserve(ref _states, groupCount);
        AbsorbRows(arguments, groups);
    }

    public sealed override void Merge(Accumulator other, ReadOnlySpan<int> map, int groupCount)
    {
        Reserve(ref _states, groupCount);
        var theirs = ((Accumulator<TState>)other)._states;
        for (var group = 0; group < Math.Min(theirs.Length, map.Length); group++) MergeState(ref _states[map[group]], in theirs[group]);
    }

    /// <summary>Takes rows in; there is a state for every group.</summary>
    protected abstract void AbsorbRows(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups);

    /// <summary>Takes one group of another in.</summary>
    protected abstract void MergeState(ref TState state, in TState other);
}
