using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DataMesh.Formats.Parquet.Reading;

/// <summary>Unpacks integers of a fixed number of bits, least significant first.</summary>
internal static class BitUnpacker
{
    /// <summary>Unpacks as many values as the target holds; the source has the bits for all of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpack(ReadOnlySpan<byte> source, int width, Span<int> target)
    {
        if (width == 0)
        {
            target.Clear();
            return;
        }

        if ((long)source.Length * 8 < (long)target.Length * width) throw new InvalidDataException("Packed values are cut off.");
        var mask = (1UL << width) - 1;
        ref var start = ref MemoryMarshal.GetReference(source);
        var i = 0;
        var bit = 0L;
        // A value of at most 32 bits, at any bit of a byte, lies within the eight bytes read from there.
        for (; i < target.Length && (bit >> 3) + 8 <= source.Length; i++, bit += width)
            target[i] = (int)(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, (nint)(bit >> 3))) >> (int)(bit & 7) & mask);
        for (; i < target.Length; i++, bit += width) target[i] = (int)(ReadTail(source, bit) & mask);
    }

    /// <summary>Any width up to 64 bits, for delta encodings.</summary>
    public static ulong ReadOne(ReadOnlySpan<byte> source, long bit, int width)
    {
        if (width == 0) return 0;
        var value = ReadTail(source, bit);
        var read = 64 - (int)(bit & 7);
        if (width > read) value |= (ulong)source[(int)((bit >> 3) + 8)] << read;
        return width == 64 ? value : value & (1UL << width) - 1;
    }

    private static ulong ReadTail(ReadOnlySpan<byte> source, long bit)
    {
        var at = (int)(bit >> 3);
        var value = 0UL;
        for (var i = 0; i < 8 && at + i < source.Length; i++) value |= (ulong)source[at + i] << 8 * i;
        return value >> (int)(bit & 7);
    }
}
