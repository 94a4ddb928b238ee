using System.Runtime.CompilerServices;

namespace DataMesh.Core.Keys;

/// <summary>
/// A set of 128-bit hashes with dense ids from 0 in order of first appearance: open addressing, at most three quarters full, 21 to 43 bytes per key.
/// Any number of threads may look up while nobody adds.
/// </summary>
public sealed class HashTable128
{
    private int[] _slots = new int[64];
    private Hash128[] _keys = new Hash128[48];

    /// <summary>Number of keys, and one above the largest id.</summary>
    public int Count { get; private set; }

    /// <summary>The keys by id.</summary>
    public ReadOnlySpan<Hash128> Keys => _keys.AsSpan(0, Count);

    /// <summary>Memory held, in bytes.</summary>
    public long ByteSize => _slots.Length * 4L + _keys.Length * 16L;

    /// <summary>Memory that it would hold with one more key.</summary>
    public long ByteSizeAfterAdd => Count < _keys.Length ? ByteSize : ByteSize * 2;

    /// <summary>The id of a key, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(in Hash128 key)
    {
        for (var at = (int)key.Low & (_slots.Length - 1); ; at = (at + 1) & (_slots.Length - 1))
        {
            var id = _slots[at] - 1;
            if (id < 0 || _keys[id] == key) return id;
        }
    }

    /// <summary>Adds a key that is not there yet.</summary>
    public int Add(in Hash128 key)
    {
        if (Count == _keys.Length) Grow();
        _keys[Count] = key;
        Place(key, ++Count);
        return Count - 1;
    }

    private void Grow()
    {
        Array.Resize(ref _keys, _keys.Length * 2);
        _slots = new int[_slots.Length * 2];
        for (var id = 0; id < Count; id++) Place(_keys[id], id + 1);
    }

    private void Place(in Hash128 key, int number)
    {
        var at = (int)key.Low & (_slots.Length - 1);
        while (_slots[at] != 0) at = (at + 1) & (_slots.Length - 1);
        _slots[at] = number;
    }
}
