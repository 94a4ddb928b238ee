using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>Byte strings in plain encoding: each after its length.</summary>
internal static class PlainBytes
{
    private const int Chunk = 32;

    /// <summary>Bytes of the present values of a row range, without their lengths.</summary>
    public static long Measure(VarColumn column, int from, int to)
    {
        if (column.Dictionary is null) return column.Offsets[to] - column.Offsets[from];
        var bytes = 0L;
        for (var row = from; row < to; row++) bytes += column[row].Length;
        return bytes;
    }

    /// <summary>Writes the present values of a row range; returns the bytes written.</summary>
    public static int Write(VarColumn column, int from, int to, Span<byte> target, ref BytesBounds seen)
    {
        if (column.Dictionary is not null) return WriteCoded(column, from, to, target, ref seen);
        var at = 0;
        for (var row = from; row < to; row += 64)
        {
            var end = Math.Min(row + 64, to);
            var bits = column.Validity is { } validity ? BitAppender.Extract(validity.Words, row, end) : ulong.MaxValue >> 64 - (end - row);
            at += WriteSome(column.Offsets.Slice(row, end - row + 1), column.Data, bits, target[at..], ref seen);
        }

        return at;
    }

    /// <summary>Short values are copied as 32 bytes while both sides have room for that; what is too much is overwritten by the next value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int WriteSome(ReadOnlySpan<int> offsets, ReadOnlySpan<byte> data, ulong bits, Span<byte> target, ref BytesBounds seen)
    {
        ref var source = ref MemoryMarshal.GetReference(data);
        ref var output = ref MemoryMarshal.GetReference(target);
        var at = 0;
        for (; bits != 0; bits &= bits - 1)
        {
            var i = BitOperations.TrailingZeroCount(bits);
            var start = offsets[i];
            var length = offsets[i + 1] - start;
            var value = data.Slice(start, length);
            seen.Consider(value);
            if (length <= Chunk && start + Chunk <= data.Length && at + 4 + Chunk <= target.Length)
            {
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref output, at), length);
                Vector256.LoadUnsafe(ref source, (nuint)start).StoreUnsafe(ref output, (nuint)(at + 4));
            }
            else
            {
                MemoryMarshal.Write(target[at..], length);
                value.CopyTo(target[(at + 4)..]);
            }

            at += 4 + length;
        }

        return at;
    }

    private static int WriteCoded(VarColumn column, int from, int to, Span<byte> target, ref BytesBounds seen)
    {
        var at = 0;
        for (var row = from; row < to; row++)
        {
            if (column.IsNull(row)) continue;
            var value = column[row];
            seen.Consider(value);
            MemoryMarshal.Write(target[at..], value.Length);
            value.CopyTo(target[(at + 4)..]);
            at += 4 + value.Length;
        }

        return at;
    }
}
