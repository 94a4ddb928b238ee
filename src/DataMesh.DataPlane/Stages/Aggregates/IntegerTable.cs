using System.Numerics;
using System.Runtime.CompilerServices;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>An append-only set of 64-bit keys with dense ids from 0 in order of first appearance (open addressing, linear probing).</summary>
internal sealed class IntegerTable
{
    private const ulong Fibonacci = 0x9e3779b97f4a7c15;
    private int[] _slots = new int[64];
    private ulong[] _keys = new ulong[32];
    private int _shift = 64 - 6;

    /// <summary>Number of keys, and one above the largest id.</summary>
    public int Count { get; private set; }

    /// <summary>The keys by id.</summary>
    public ReadOnlySpan<ulong> Keys => _keys.AsSpan(0, Count);

    /// <summary>Memory held, in bytes.</summary>
    public long ByteSize => _slots.Length * 4L + _keys.Length * 8L;

    /// <summary>The id of a key, which is added when it is new.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Add(ulong key)
    {
        var slots = _slots;
        var keys = _keys;
        for (var at = (int)(key * Fibonacci >> _shift); ; at = (at + 1) & (slots.Length - 1))
        {
            var id = slots[at] - 1;
            if (id < 0) return Append(key, at);
            if (keys[id] == key) return id;
        }
    }

    /// <summary>The id of a key, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong key)
    {
        for (var at = (int)(key * Fibonacci >> _shift); ; at = (at + 1) & (_slots.Length - 1))
        {
            var id = _slots[at] - 1;
            if (id < 0 || _keys[id] == key) return id;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Append(ulong key, int at)
    {
        if (Count == _keys.Length) Array.Resize(ref _keys, _keys.Length * 2);
        _keys[Count] = key;
        _slots[at] = ++Count;
        if (Count * 2 > _slots.Length) Rehash();
        return Count - 1;
    }

    private void Rehash()
    {
        _slots = new int[_slots.Length * 2];
        _shift = 64 - BitOperations.Log2((uint)_slots.Length);
        for (var id = 0; id < Count; id++)
        {
            var at = (int)(_keys[id] * Fibonacci >> _shift);
            while (_slots[at] != 0) at = (at + 1) & (_slots.Length - 1);
            _slots[at] = id + 1;
        }
    }
}
