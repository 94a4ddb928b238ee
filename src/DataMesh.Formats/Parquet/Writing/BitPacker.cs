using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>Packs integers into a fixed number of bits each, least significant first, in groups of eight.</summary>
internal static class BitPacker
{
    /// <summary>Packs all values; the last group is filled with zeros. The target needs 8 bytes of slack.</summary>
    public static void Pack(ReadOnlySpan<int> values, int width, Span<byte> target)
    {
        if (width == 0) return;
        if (target.Length < (values.Length + 7) / 8 * width + 8) throw new ArgumentException("The target is too small.", nameof(target));
        var whole = values.Length & ~7;
        ref var output = ref MemoryMarshal.GetReference(target);
        if (Bmi2.X64.IsSupported && Vector256.IsHardwareAccelerated) PackFast(values[..whole], width, ref output);
        else PackScalar(values[..whole], width, ref output);
        if (whole == values.Length) return;
        Span<int> last = stackalloc int[8];
        last.Clear();
        values[whole..].CopyTo(last);
        PackScalar(last, width, ref Unsafe.Add(ref output, whole / 8 * width));
    }

    /// <summary>The portable way: through a 64-bit accumulator.</summary>
    internal static void PackScalar(ReadOnlySpan<int> values, int width, ref byte output)
    {
        ulong pending = 0;
        var bits = 0;
        foreach (var value in values)
        {
            pending |= (ulong)(uint)value << bits;
            bits += width;
            if (bits < 32) continue;
            Unsafe.WriteUnaligned(ref output, (uint)pending);
            output = ref Unsafe.Add(ref output, 4);
            pending >>= 32;
            bits -= 32;
        }

        for (; bits > 0; bits -= 8)
        {
            output = (byte)pending;
            output = ref Unsafe.Add(ref output, 1);
            pending >>= 8;
        }
    }

    /// <summary>Narrows eight values to bytes, words or double words and squeezes the unused bits out (PEXT).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackFast(ReadOnlySpan<int> values, int width, ref byte output)
    {
        ref var input = ref MemoryMarshal.GetReference(values);
        if (width <= 8) PackBytes(ref input, values.Length, width, ref output);
        else if (width <= 16) PackWords(ref input, values.Length, width, ref output);
        else PackDoubleWords(ref input, values.Length, width, ref output);
    }

    private static void PackBytes(ref int input, int count, int width, ref byte output)
    {
        var mask = ((1UL << width) - 1) * 0x0101_0101_0101_0101UL;
        if (width == 8) mask = ulong.MaxValue;
        for (var i = 0; i < count; i += 8)
        {
            var eight = Vector256.LoadUnsafe(ref input, (nuint)i);
            var words = Vector128.Narrow(eight.GetLower(), eight.GetUpper());
            var bytes = Vector128.Narrow(words, words).AsUInt64().ToScalar();
            Unsafe.WriteUnaligned(ref output, Bmi2.X64.ParallelBitExtract(bytes, mask));
            output = ref Unsafe.Add(ref output, width);
        }
    }

    private static void PackWords(ref int input, int count, int width, ref byte output)
    {
        var mask = ((1UL << width) - 1) * 0x0001_0001_0001_0001UL;
        var half = 4 * width;
        for (var i = 0; i < count; i += 8)
        {
            var eight = Vector256.LoadUnsafe(ref input, (nuint)i);
            var words = Vector128.Narrow(eight.GetLower(), eight.GetUpper()).AsUInt64();
            var low = Bmi2.X64.ParallelBitExtract(words.GetElement(0), mask);
            var high = Bmi2.X64.ParallelBitExtract(words.GetElement(1), mask);
            Unsafe.WriteUnaligned(ref output, half == 64 ? low : low | high << half);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref output, 8), half == 64 ? high : high >> (64 - half));
            output = ref Unsafe.Add(ref output, width);
        }
    }

    private static void PackDoubleWords(ref int input, int count, int width, ref byte output) =>
        PackScalar(MemoryMarshal.CreateReadOnlySpan(ref input, count), width, ref output);
}
