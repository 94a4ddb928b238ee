using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>Gives byte strings dense codes in order of first sight, and keeps them as the dictionary page wants them: length, bytes, length, bytes.</summary>
internal sealed class ByteDictionary
{
    private int[] _slots = new int[1024];
    private uint[] _hashes = new uint[1024];
    private int[] _starts = new int[512];
    private byte[] _plain = new byte[16 << 10];

    public int Count { get; private set; }

    /// <summary>The values in plain encoding.</summary>
    public ReadOnlySpan<byte> Plain => _plain.AsSpan(0, PlainLength);

    public int PlainLength { get; private set; }

    public ReadOnlySpan<byte> this[int code]
    {
        get
        {
            var start = _starts[code];
            return _plain.AsSpan(start + 4, Unsafe.ReadUnaligned<int>(ref _plain[start]));
        }
    }

    public void Clear()
    {
        if (Count > 0) Array.Clear(_hashes);
        (Count, PlainLength) = (0, 0);
    }

    public int Add(ReadOnlySpan<byte> value)
    {
        var hash = ValueDictionary.Hash(value) | 1;
        var mask = _slots.Length - 1;
        for (var at = (int)(hash >> 4) & mask; ; at = (at + 1) & mask)
        {
            var seen = _hashes[at];
            if (seen == 0) return Append(value, hash, at);
            if (seen == hash && this[_slots[at]].SequenceEqual(value)) return _slots[at];
        }
    }

    private int Append(ReadOnlySpan<byte> value, uint hash, int at)
    {
        var end = checked(PlainLength + 4 + value.Length);
        if (end > _plain.Length) Array.Resize(ref _plain, Math.Max(end, _plain.Length * 2));
        if (Count == _starts.Length) Array.Resize(ref _starts, Count * 2);
        MemoryMarshal.Write(_plain.AsSpan(PlainLength), value.Length);
        value.CopyTo(_plain.AsSpan(PlainLength + 4));
        _starts[Count] = PlainLength;
        PlainLength = end;
        _slots[at] = Count;
        _hashes[at] = hash;
        if (++Count * 2 > _slots.Length) Rehash();
        return Count - 1;
    }

    private void Rehash()
    {
        var (slots, hashes) = (_slots, _hashes);
        _slots = new int[slots.Length * 2];
        _hashes = new uint[slots.Length * 2];
        var mask = _slots.Length - 1;
        for (var i = 0; i < slots.Length; i++)
        {
            if (hashes[i] == 0) continue;
            var at = (int)(hashes[i] >> 4) & mask;
            while (_hashes[at] != 0) at = (at + 1) & mask;
            (_slots[at], _hashes[at]) = (slots[i], hashes[i]);
        }
    }
}
