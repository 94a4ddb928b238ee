using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DataMesh.Core.Columns;

/// <summary>
/// An append-only set of byte strings with dense codes from 0. One thread (a decoder worker) appends; any thread may read codes that it got
/// from a column, because growth copies and never moves what older readers see. Code 0 is always the empty value, so that nulls have a readable code.
/// A stage that meets the same dictionary in batch after batch may cache what it computed per code and extend it up to <see cref="Count"/>.
/// </summary>
public sealed class ValueDictionary
{
    private int[] _slots;
    private uint[] _hashes;
    private Snapshot _snapshot;

    /// <summary>Makes a dictionary that holds only the empty value.</summary>
    public ValueDictionary(int capacity = 256)
    {
        var slots = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity * 2, 64));
        _slots = new int[slots];
        _hashes = new uint[slots];
        _snapshot = new Snapshot(new int[slots / 2 + 2], new byte[slots * 8], 0);
        Add([]);
    }

    /// <summary>Number of values, and one above the largest code.</summary>
    public int Count => Volatile.Read(ref _snapshot).Count;

    /// <summary>Bytes of all values together.</summary>
    public int DataLength
    {
        get
        {
            var now = Volatile.Read(ref _snapshot);
            return now.Offsets[now.Count];
        }
    }

    /// <summary>The bytes of the value with this code.</summary>
    public ReadOnlySpan<byte> this[int code]
    {
        get
        {
            var now = Volatile.Read(ref _snapshot);
            return now.Data.AsSpan(now.Offsets[code], now.Offsets[code + 1] - now.Offsets[code]);
        }
    }

    /// <summary>The code of <paramref name="value"/>, appended when it is new. Only the owning thread may call this.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Add(ReadOnlySpan<byte> value)
    {
        var hash = Hash(value) | 1;
        var mask = _slots.Length - 1;
        for (var at = (int)(hash >> 4) & mask; ; at = (at + 1) & mask)
        {
            var seen = _hashes[at];
            if (seen == 0) return Append(value, hash, at);
            if (seen == hash && this[_slots[at]].SequenceEqual(value)) return _slots[at];
        }
    }

    /// <summary>A 32-bit hash of bytes, good enough for hash tables (multiply and fold, after wyhash).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Hash(ReadOnlySpan<byte> value)
    {
        const ulong k0 = 0xa0761d6478bd642f, k1 = 0xe7037ed1a0b428db;
        ref var start = ref MemoryMarshal.GetReference(value);
        var length = value.Length;
        ulong a, b;
        if (length <= 16)
        {
            if (length >= 8)
            {
                a = Unsafe.ReadUnaligned<ulong>(ref start);
                b = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, length - 8));
            }
            else if (length >= 4)
            {
                a = Unsafe.ReadUnaligned<uint>(ref start);
                b = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, length - 4));
            }
            else if (length > 0)
            {
                a = (ulong)start << 16 | (ulong)Unsafe.Add(ref start, length >> 1) << 8 | Unsafe.Add(ref start, length - 1);
                b = 0;
            }
            else
            {
                a = b = 0;
            }
        }
        else
        {
            var seed = k0;
            var i = 0;
            for (; i + 16 < length; i += 16)
                seed = Mix(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, i)) ^ k1, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, i + 8)) ^ seed);
            a = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, length - 16)) ^ seed;
            b = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, length - 8));
        }

        var mixed = Mix(a ^ k1 ^ (ulong)length, b ^ k0);
        return (uint)(mixed ^ mixed >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Append(ReadOnlySpan<byte> value, uint hash, int at)
    {
        var now = _snapshot;
        var code = now.Count;
        var start = now.Offsets[code];
        var offsets = now.Offsets;
        var data = now.Data;
        if (code + 2 > offsets.Length) Array.Resize(ref offsets, offsets.Length * 2);
        if (start + value.Length > data.Length) Array.Resize(ref data, (int)Math.Min(Array.MaxLength, Math.Max(data.Length * 2L, start + (long)value.Length)));
        value.CopyTo(data.AsSpan(start));
        offsets[code + 1] = start + value.Length;
        Volatile.Write(ref _snapshot, new Snapshot(offsets, data, code + 1));
        _slots[at] = code;
        _hashes[at] = hash;
        if ((code + 1) * 2 > _slots.Length) Rehash();
        return code;
    }

    private void Rehash()
    {
        var (oldSlots, oldHashes) = (_slots, _hashes);
        _slots = new int[oldSlots.Length * 2];
        _hashes = new uint[oldSlots.Length * 2];
        var mask = _slots.Length - 1;
        for (var i = 0; i < oldSlots.Length; i++)
        {
            if (oldHashes[i] == 0) continue;
            var at = (int)(oldHashes[i] >> 4) & mask;
            while (_hashes[at] != 0) at = (at + 1) & mask;
            _slots[at] = oldSlots[i];
            _hashes[at] = oldHashes[i];
        }
    }

    private sealed record Snapshot(int[] Offsets, byte[] Data, int Count);
}
