using System.Buffers.Binary;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>
/// Definition levels of an optional flat column: one run when all or none of the values are there, otherwise the validity bits as they are,
/// because a bit-packed run of width 1 is a bitmap.
/// </summary>
internal static class LevelEncoder
{
    /// <summary>Bytes that the levels of <paramref name="rows"/> rows take at most, slack included.</summary>
    public static int MaxBytes(int rows) => 4 + 5 + rows / 8 + 24;

    /// <summary>Writes the levels of a row range with their length before them; returns the bytes written.</summary>
    public static int Write(ColumnParts parts, int from, int to, int present, Span<byte> target)
    {
        var body = target[4..];
        var rows = to - from;
        var length = present == 0 || present == rows ? WriteRun(body, rows, present > 0) : WriteBits(parts, from, to, body);
        BinaryPrimitives.WriteInt32LittleEndian(target, length);
        return 4 + length;
    }

    /// <summary>Values that are not null in a row range.</summary>
    public static int CountPresent(ColumnParts parts, int from, int to)
    {
        if (parts.NullCount == 0) return to - from;
        var present = 0;
        for (var part = 0; part < parts.Count; part++)
        {
            var (first, last) = parts.Overlap(part, from, to);
            if (first < last && parts[part] is not NullColumn) present += BitAppender.CountOnes(parts[part].Validity, first, last);
        }

        return present;
    }

    private static int WriteRun(Span<byte> target, int rows, bool present)
    {
        var at = HybridEncoder.WriteVarint(target, (uint)rows << 1);
        target[at++] = present ? (byte)1 : (byte)0;
        return at;
    }

    private static int WriteBits(ColumnParts parts, int from, int to, Span<byte> target)
    {
        var groups = (to - from + 7) / 8;
        var at = HybridEncoder.WriteVarint(target, (uint)groups << 1 | 1);
        var bits = new BitAppender(target[at..]);
        for (var part = 0; part < parts.Count; part++)
        {
            var (first, last) = parts.Overlap(part, from, to);
            var validity = parts[part].Validity;
            var missing = parts[part] is NullColumn;
            for (var row = first; row < last; row += 64)
            {
                var end = Math.Min(row + 64, last);
                bits.Append(validity is not null ? BitAppender.Extract(validity.Words, row, end) : missing ? 0 : ulong.MaxValue >> 64 - (end - row), end - row);
            }
        }

        bits.Finish();
        return at + groups;
    }
}
