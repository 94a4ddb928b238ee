using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DataMesh.Core.Columns;

/// <summary>
/// The 64-bit and 128-bit hashes behind sketches and key tables. They are not cryptographic. Their results are persisted in sketches: never change one.
/// </summary>
public static class Hashing
{
    private const ulong K0 = 0xa0761d6478bd642f, K1 = 0xe7037ed1a0b428db, K2 = 0x8ebc6af09c88c6e3, K3 = 0x589965cc75374cc3;

    /// <summary>Hash of an integer: a bijection (the finaliser of MurmurHash3), so different integers never collide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong OfInteger(ulong value)
    {
        value ^= value >> 33;
        value *= 0xff51afd7ed558ccd;
        value ^= value >> 33;
        value *= 0xc4ceb9fe1a85ec53;
        return value ^ value >> 33;
    }

    /// <summary>Hash of a double by its value: both zeros are equal, and so are all NaNs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong OfDouble(double value) => OfInteger(CanonicalBits(value));

    /// <summary>The bits of a double with one zero and one NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong CanonicalBits(double value) =>
        BitConverter.DoubleToUInt64Bits(double.IsNaN(value) ? double.NaN : value + 0.0);

    /// <summary>Hash of bytes (multiply and fold, after wyhash).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong OfBytes(ReadOnlySpan<byte> value, ulong seed = 0)
    {
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

            seed ^= K0;
        }
        else
        {
            seed = FoldBlocks(ref start, length, seed ^ K0);
            a = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, length - 16));
            b = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, length - 8));
        }

        return Fold(K2 ^ (ulong)length, Fold(a ^ K1, b ^ seed));
    }

    /// <summary>A second, independent hash of bytes: with <see cref="OfBytes"/> it makes 128 bits.</summary>
    public static ulong SecondOfBytes(ReadOnlySpan<byte> value) => OfBytes(value, K3);

    /// <summary>Joins the hash of another column to a row's hash; the order matters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Combine(ulong row, ulong column) => OfInteger(row * 0x9e3779b97f4a7c15 + column);

    /// <summary>The two halves of the 128-bit product, folded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }

    private static ulong FoldBlocks(ref byte start, int length, ulong seed)
    {
        for (var i = 0; i + 16 < length; i += 16)
            seed = Fold(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, i)) ^ K1, Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, i + 8)) ^ seed);
        return seed;
    }
}
