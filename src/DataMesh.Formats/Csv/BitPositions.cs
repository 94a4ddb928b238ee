using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DataMesh.Formats.Csv;

/// <summary>Turns the bits of a mask into positions. Up to 16 places are written beyond what there is.</summary>
internal static class BitPositions
{
    /// <summary>Writes the positions of the bits, eight at a time whether or not there are as many: that is cheaper than a branch for each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Write(ref int found, int next, ulong bits, int at)
    {
        var end = next + BitOperations.PopCount(bits);
        do
        {
            for (var i = 0; i < 8; i++)
            {
                Unsafe.Add(ref found, next + i) = at + BitOperations.TrailingZeroCount(bits);
                bits &= bits - 1;
            }

            next += 8;
        }
        while (next < end);
        return end;
    }

    /// <summary>The same by squeezing the places of the ones out of all places, 16 at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WriteSqueezed(ref int found, int next, ulong bits, int at)
    {
        if (!Avx512Vbmi2.IsSupported) return Write(ref found, next, bits, at);
        var bytes = Avx512BW.Shuffle(Vector512.Create(bits).AsByte(), Vector512.Create(
            0x0000000000000000UL, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303,
            0x0404040404040404, 0x0505050505050505, 0x0606060606060606, 0x0707070707070707).AsByte());
        var ones = ~Vector512.Equals(bytes & Vector512.Create(0x8040201008040201UL).AsByte(), Vector512<byte>.Zero);
        var places = Avx512Vbmi2.Compress(Vector512<byte>.Zero, ones, Vector512<byte>.Indices);
        var start = Vector512.Create(at);
        (Avx512F.ConvertToVector512Int32(places.GetLower().GetLower()) + start).StoreUnsafe(ref found, (nuint)next);
        var count = BitOperations.PopCount(bits);
        if (count > 16) WriteMore(ref Unsafe.Add(ref found, next), places, start, count);
        return next + count;
    }

    private static void WriteMore(ref int found, Vector512<byte> places, Vector512<int> start, int count)
    {
        (Avx512F.ConvertToVector512Int32(places.GetLower().GetUpper()) + start).StoreUnsafe(ref found, 16);
        if (count > 32) (Avx512F.ConvertToVector512Int32(places.GetUpper().GetLower()) + start).StoreUnsafe(ref found, 32);
        if (count > 48) (Avx512F.ConvertToVector512Int32(places.GetUpper().GetUpper()) + start).StoreUnsafe(ref found, 48);
    }
}
