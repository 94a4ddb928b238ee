using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>
/// 64-bit hashes of rows that stay the same over versions and machines, because results depend on them. The same value hashes alike in a flat and in a
/// dictionary-encoded column.
/// </summary>
internal static class RowHash
{
    private const ulong NullHash = 0xD6E8FEB86659FD93;

    /// <summary>Spreads the bits of a number (the finaliser of splitmix64).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>The hash of bytes.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes, ulong seed)
    {
        var hash = Mix(seed ^ (ulong)bytes.Length);
        for (; bytes.Length >= 8; bytes = bytes[8..]) hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) + 0x9E3779B97F4A7C15;
        var rest = 0UL;
        for (var i = 0; i < bytes.Length; i++) rest |= (ulong)bytes[i] << (8 * i);
        return Mix(hash ^ rest);
    }

    /// <summary>Mixes a column's values into the hashes of its rows.</summary>
    public static void Combine(Column column, Span<ulong> hashes)
    {
        switch (column)
        {
            case VarColumn bytes: CombineBytes(bytes, hashes); break;
            case FixedColumn<long> longs: CombineFixed(longs, MemoryMarshal.Cast<long, ulong>(longs.Values), hashes); break;
            case FixedColumn<double> doubles: CombineFixed(doubles, MemoryMarshal.Cast<double, ulong>(doubles.Values), hashes); break;
            default: CombineText(column, hashes); break;
        }
    }

    private static void CombineFixed(Column column, ReadOnlySpan<ulong> values, Span<ulong> hashes)
    {
        for (var row = 0; row < hashes.Length; row++)
            hashes[row] = Mix(hashes[row] ^ (column.IsNull(row) ? NullHash : Mix(values[row])));
    }

    private static void CombineBytes(VarColumn column, Span<ulong> hashes)
    {
        for (var row = 0; row < hashes.Length; row++)
            hashes[row] = Mix(hashes[row] ^ (column.IsNull(row) ? NullHash : Of(column[row], 0)));
    }

    private static void CombineText(Column column, Span<ulong> hashes)
    {
        for (var row = 0; row < hashes.Length; row++)
            hashes[row] = Mix(hashes[row] ^ (column.IsNull(row) ? NullHash : Scalar(column, row)));
    }

    private static ulong Scalar(Column column, int row) => column switch
    {
        FixedColumn<int> dates => Mix((ulong)dates[row]),
        FixedColumn<Int128> decimals => Mix((ulong)decimals[row] ^ Mix((ulong)(decimals[row] >> 64))),
        BoolColumn flags => Mix(flags[row] ? 1UL : 2UL),
        _ => NullHash,
    };
}
