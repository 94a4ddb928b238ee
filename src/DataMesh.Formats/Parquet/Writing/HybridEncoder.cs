using System.Numerics;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>
/// The hybrid of run-length and bit-packed runs (Encodings.md in apache/parquet-format). Blocks of 64 equal values become runs, all else is packed.
/// </summary>
internal static class HybridEncoder
{
    private const int Block = 64;

    /// <summary>Bits that hold values up to <paramref name="max"/>.</summary>
    public static int BitWidth(int max) => 32 - BitOperations.LeadingZeroCount((uint)max);

    /// <summary>Most bytes that <see cref="Write"/> writes for <paramref name="count"/> values, slack included.</summary>
    public static int MaxBytes(int count, int width) => (count + 7) / 8 * width + 12 * (count / Block + 1) + 32;

    /// <summary>Writes values without a length before them; returns the bytes written. <paramref name="values"/> needs no slack.</summary>
    public static int Write(ReadOnlySpan<int> values, int width, Span<byte> target)
    {
        var at = 0;
        var packedFrom = 0;
        var i = 0;
        while (i + Block <= values.Length)
        {
            if (!IsConstant(values.Slice(i, Block)))
            {
                i += Block;
                continue;
            }

            var end = i + Block;
            while (end + Block <= values.Length && values[end] == values[i] && IsConstant(values.Slice(end, Block))) end += Block;
            if (packedFrom < i) at += WritePacked(values[packedFrom..i], width, target[at..]);
            at += WriteRun(values[i], end - i, width, target[at..]);
            packedFrom = i = end;
        }

        if (packedFrom < values.Length) at += WritePacked(values[packedFrom..], width, target[at..]);
        return at;
    }

    /// <summary>Writes a variable-length integer; returns the bytes written.</summary>
    public static int WriteVarint(Span<byte> target, uint value)
    {
        var at = 0;
        for (; value >= 0x80; value >>= 7) target[at++] = (byte)(value | 0x80);
        target[at++] = (byte)value;
        return at;
    }

    private static bool IsConstant(ReadOnlySpan<int> values) => !values.ContainsAnyExcept(values[0]);

    private static int WriteRun(int value, int count, int width, Span<byte> target)
    {
        var at = WriteVarint(target, (uint)count << 1);
        for (var bits = 0; bits < width; bits += 8) target[at++] = (byte)(value >> bits);
        return at;
    }

    private static int WritePacked(ReadOnlySpan<int> values, int width, Span<byte> target)
    {
        var groups = (values.Length + 7) / 8;
        var at = WriteVarint(target, (uint)groups << 1 | 1);
        BitPacker.Pack(values, width, target[at..]);
        return at + groups * width;
    }
}
