using System.Numerics;
using System.Runtime.CompilerServices;

namespace DataMesh.Formats.Compression;

/// <summary>Decodes Huffman coded literals from one or four bit streams.</summary>
internal static unsafe class HuffmanStreams
{
    private const int JumpTableBytes = 6;
    private const int SymbolsPerStep = 5;

    /// <summary>Fills the target from one stream.</summary>
    public static void DecodeOne(HuffmanTable table, ReadOnlySpan<byte> source, Span<byte> target)
    {
        fixed (ushort* cells = table.Cells)
        fixed (byte* input = source)
        fixed (byte* output = target)
            Finish(ReverseBits.Open(input, source.Length), cells, table.Log, output, output + target.Length);
    }

    /// <summary>Fills the target from four streams, each a quarter of it; their lengths stand in front.</summary>
    public static void DecodeFour(HuffmanTable table, ReadOnlySpan<byte> source, Span<byte> target)
    {
        var quarter = (target.Length + 3) / 4;
        if (source.Length < JumpTableBytes + 4 || 3 * quarter > target.Length) throw Damaged();
        fixed (ushort* cells = table.Cells)
        fixed (byte* input = source)
        fixed (byte* output = target)
        {
            var lengths = (ushort*)input;
            var first = input + JumpTableBytes;
            var second = first + lengths[0];
            var third = second + lengths[1];
            var fourth = third + lengths[2];
            var end = input + source.Length;
            if (fourth >= end) throw Damaged();
            var shortest = Math.Min(Math.Min(lengths[0], lengths[1]), Math.Min(lengths[2], end - fourth));
            if (shortest >= 8)
            {
                Together(cells, table.Log, first, second, third, fourth, end, output, quarter, target.Length);
                return;
            }

            Finish(ReverseBits.Open(first, lengths[0]), cells, table.Log, output, output + quarter);
            Finish(ReverseBits.Open(second, lengths[1]), cells, table.Log, output + quarter, output + 2 * quarter);
            Finish(ReverseBits.Open(third, lengths[2]), cells, table.Log, output + 2 * quarter, output + 3 * quarter);
            Finish(ReverseBits.Open(fourth, end - fourth), cells, table.Log, output + 3 * quarter, output + target.Length);
        }
    }

    /// <summary>
    /// Four streams in step, so that the processor works on all of them at once. A stream's bits stand at the top of a register with a one below them:
    /// the zeros under it count the bits that were used. Five codes take 55 bits at most; what is left at the end is decoded with care.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Together(ushort* cells, int log, byte* first, byte* second, byte* third, byte* fourth, byte* end, byte* output, int quarter, int total)
    {
        var shift = 64 - log;
        byte* at0 = second - 8, at1 = third - 8, at2 = fourth - 8, at3 = end - 8;
        ulong bits0 = Open(at0), bits1 = Open(at1), bits2 = Open(at2), bits3 = Open(at3);
        var op = output;
        var opEnd = output + (total - 3 * quarter) - SymbolsPerStep;
        while (op <= opEnd && at0 - first >= 8 && at1 - second >= 8 && at2 - third >= 8 && at3 - fourth >= 8)
        {
            bits0 = Step(bits0, cells, shift, op);
            bits1 = Step(bits1, cells, shift, op + quarter);
            bits2 = Step(bits2, cells, shift, op + 2 * quarter);
            bits3 = Step(bits3, cells, shift, op + 3 * quarter);
            op += SymbolsPerStep;
            bits0 = Reload(bits0, ref at0);
            bits1 = Reload(bits1, ref at1);
            bits2 = Reload(bits2, ref at2);
            bits3 = Reload(bits3, ref at3);
        }

        Finish(ReverseBits.Continue(first, at0, BitOperations.TrailingZeroCount(bits0)), cells, log, op, output + quarter);
        Finish(ReverseBits.Continue(second, at1, BitOperations.TrailingZeroCount(bits1)), cells, log, op + quarter, output + 2 * quarter);
        Finish(ReverseBits.Continue(third, at2, BitOperations.TrailingZeroCount(bits2)), cells, log, op + 2 * quarter, output + 3 * quarter);
        Finish(ReverseBits.Continue(fourth, at3, BitOperations.TrailingZeroCount(bits3)), cells, log, op + 3 * quarter, output + total);
    }

    private static ulong Open(byte* lastEight)
    {
        if (lastEight[7] == 0) throw Damaged();
        return (*(ulong*)lastEight | 1) << (8 - BitOperations.Log2(lastEight[7]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Step(ulong bits, ushort* cells, int shift, byte* op)
    {
        for (var i = 0; i < SymbolsPerStep; i++)
        {
            int cell = cells[bits >> shift];
            bits <<= cell;
            op[i] = (byte)(cell >> 8);
        }

        return bits;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Reload(ulong bits, ref byte* at)
    {
        var used = BitOperations.TrailingZeroCount(bits);
        at -= used >> 3;
        return (*(ulong*)at | 1) << (used & 7);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish(ReverseBits opened, ushort* cells, int log, byte* op, byte* end)
    {
        var bits = opened;
        while (op < end)
        {
            bits.Reload();
            for (var stop = Math.Min((long)SymbolsPerStep, end - op); stop > 0; stop--)
            {
                int cell = cells[bits.Peek(log)];
                bits.Skip((byte)cell);
                *op++ = (byte)(cell >> 8);
            }
        }

        bits.Reload();
        if (!bits.IsComplete) throw Damaged();
    }

    private static InvalidDataException Damaged() => new("Huffman coded literals are damaged.");
}
