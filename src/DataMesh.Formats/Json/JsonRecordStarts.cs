using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DataMesh.Core.Columns;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Json;

/// <summary>Finds where the records of a block begin that holds one record a line.</summary>
internal sealed unsafe class JsonRecordStarts
{
    private int _lastCount = 256;

    /// <summary>
    /// Tells the block where its records begin: at the first byte of a line that is no white space. A record reaches up to the next one.
    /// Says whether all of the text is ASCII.
    /// </summary>
    public bool Find(TextBlock block)
    {
        fixed (byte* text = block.Array)
        {
            var starts = PooledBuffer.Rent<int>(_lastCount + _lastCount / 8 + 66);
            var count = 0;
            Add(starts, ref count, text, 0, block.Length);
            var isAscii = Scan(text, block.Length, ref count, starts);
            starts.As<int>()[count] = block.Length;
            block.SetRecordStarts(starts, count);
            _lastCount = count;
            return isAscii;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Scan(byte* text, int length, ref int count, PooledBuffer starts)
    {
        var lineEnd = Vector256.Create((byte)'\n');
        var (seenLow, seenHigh) = (Vector256<byte>.Zero, Vector256<byte>.Zero);
        var at = 0;
        for (; at + 64 <= length; at += 64)
        {
            var (low, high) = (Vector256.Load(text + at), Vector256.Load(text + at + 32));
            seenLow |= low;
            seenHigh |= high;
            var ends = Vector256.Equals(low, lineEnd).ExtractMostSignificantBits() | (ulong)Vector256.Equals(high, lineEnd).ExtractMostSignificantBits() << 32;
            for (; ends != 0; ends &= ends - 1) Add(starts, ref count, text, at + BitOperations.TrailingZeroCount(ends) + 1, length);
        }

        var isAscii = (seenLow | seenHigh).ExtractMostSignificantBits() == 0;
        for (; at < length; at++)
        {
            isAscii &= text[at] < 0x80;
            if (text[at] == '\n') Add(starts, ref count, text, at + 1, length);
        }

        return isAscii;
    }

    /// <summary>A line begins at <paramref name="line"/>. Blank lines before its record belong to the record before.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Add(PooledBuffer starts, ref int count, byte* text, int line, int length)
    {
        var start = (int)(JsonScan.SkipSpace(text + line, text + length) - text);
        // Behind blank lines the same start is found again.
        if (start == length || (count > 0 && starts.As<int>()[count - 1] == start)) return;
        if ((count + 2) * sizeof(int) > starts.Length) starts.SetLength(Math.Max(starts.Capacity, (count + 2) * 2 * sizeof(int)));
        starts.As<int>()[count++] = start;
    }
}
