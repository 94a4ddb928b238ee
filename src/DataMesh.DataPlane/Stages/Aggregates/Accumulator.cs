using System.Numerics;
using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;
using DataMesh.Core.Storage;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>What one aggregate keeps per group, on one core. Groups are numbers from 0; an array of states grows with them.</summary>
internal abstract class Accumulator
{
    /// <summary>Takes rows in: row i of the arguments belongs to group <c>groups[i]</c>, all below <paramref name="groupCount"/>.</summary>
    public abstract void Absorb(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount);

    /// <summary>Takes over what another of the same kind has; its group g is group <c>map[g]</c> here, or is left behind when that is -1.</summary>
    public abstract void Merge(Accumulator other, ReadOnlySpan<int> map, int groupCount);

    /// <summary>Writes the states of some groups, in the order given.</summary>
    public abstract void Save(StateWriter writer, ReadOnlySpan<int> groups);

    /// <summary>Reads what <see cref="Save"/> wrote into an accumulator that has none of these groups yet.</summary>
    public abstract void Restore(StateReader reader, ReadOnlySpan<int> groups, int groupCount);

    /// <summary>Before the states go to another task: rows that know their position are told the place among all splits of the split that they came from.</summary>
    /// <param name="orderOf">That place by the number of a block.</param>
    public virtual void Locate(Func<long, int> orderOf)
    {
    }

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
        for (var group = 0; group < Math.Min(theirs.Length, map.Length); group++)
            if (map[group] >= 0) MergeState(ref _states[map[group]], in theirs[group]);
    }

    public sealed override void Save(StateWriter writer, ReadOnlySpan<int> groups)
    {
        foreach (var group in groups) SaveState(writer, Of(group)!);
    }

    public sealed override void Restore(StateReader reader, ReadOnlySpan<int> groups, int groupCount)
    {
        Reserve(ref _states, groupCount);
        foreach (var group in groups) _states[group] = RestoreState(reader);
    }

    /// <summary>Takes rows in; there is a state for every group.</summary>
    protected abstract void AbsorbRows(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups);

    /// <summary>Takes one group of another in.</summary>
    protected abstract void MergeState(ref TState state, in TState other);

    /// <summary>Writes one state, which may be the empty one.</summary>
    protected abstract void SaveState(StateWriter writer, TState state);

    /// <summary>Reads one state.</summary>
    protected abstract TState RestoreState(StateReader reader);
}
