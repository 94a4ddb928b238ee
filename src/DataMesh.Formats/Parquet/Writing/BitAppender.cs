using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>Appends bits, least significant first, to bytes: for validity as levels and for booleans. The target needs 16 bytes of slack.</summary>
internal ref struct BitAppender(Span<byte> target)
{
    private readonly Span<byte> _target = target;
    private ulong _pending;
    private int _pendingBits;
    private int _bytes;

    /// <summary>Appends the low <paramref name="count"/> bits (up to 64) of <paramref name="bits"/>; the others are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(ulong bits, int count)
    {
        _pending |= bits << _pendingBits;
        var total = _pendingBits + count;
        if (total < 64)
        {
            _pendingBits = total;
            return;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(_target[_bytes..], _pending);
        _bytes += 8;
        _pending = _pendingBits == 0 ? 0 : bits >> (64 - _pendingBits);
        _pendingBits = total - 64;
        if (_pendingBits == 0) _pending = 0;
    }

    /// <summary>Writes what is pending; returns all bytes written.</summary>
    public int Finish()
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_target[_bytes..], _pending);
        return _bytes + (_pendingBits + 7) / 8;
    }

    /// <summary>Bits <paramref name="from"/> to <paramref name="to"/> of a bitmap, at most 64 of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Extract(ReadOnlySpan<ulong> words, int from, int to)
    {
        var count = to - from;
        var (word, shift) = (from >> 6, from & 63);
        var bits = words[word] >> shift;
        if (shift != 0 && shift + count > 64) bits |= words[word + 1] << (64 - shift);
        return count == 64 ? bits : bits & (1UL << count) - 1;
    }

    /// <summary>Ones in a range of a bitmap; all of them when there is no bitmap.</summary>
    public static int CountOnes(Bitmap? bitmap, int from, int to)
    {
        if (bitmap is null) return to - from;
        var ones = 0;
        var words = bitmap.Words;
        for (var at = from; at < to; at += 64) ones += BitOperations.PopCount(Extract(words, at, Math.Min(at + 64, to)));
        return ones;
    }
}
