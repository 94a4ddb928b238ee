namespace DataMesh.Formats.Parquet.Reading;

/// <summary>Decodes DELTA_BINARY_PACKED: blocks of mini-blocks of packed differences.</summary>
internal static class DeltaDecoder
{
    /// <summary>Reads exactly <paramref name="count"/> values; returns the bytes read.</summary>
    public static int Read(ReadOnlySpan<byte> source, int count, Span<long> target)
    {
        var at = 0;
        var blockSize = Size(source, ref at, 1 << 20);
        var miniBlocks = Size(source, ref at, 1 << 12);
        var total = Size(source, ref at, int.MaxValue);
        if (miniBlocks == 0 || blockSize % miniBlocks != 0) throw new InvalidDataException("Delta blocks of an impossible shape.");
        if (total != count) throw new InvalidDataException($"{total} delta values where {count} belong.");
        var value = ZigZag(source, ref at);
        if (count > 0) target[0] = value;
        var perMiniBlock = blockSize / miniBlocks;
        for (var next = 1; next < total;)
        {
            var least = ZigZag(source, ref at);
            var widths = source.Slice(at, miniBlocks);
            at += miniBlocks;
            for (var mini = 0; mini < miniBlocks && next < total; mini++)
            {
                if (widths[mini] > 64) throw new InvalidDataException($"A bit width of {widths[mini]} is impossible.");
                var values = Math.Min(perMiniBlock, total - next);
                var bytes = (int)((long)perMiniBlock * widths[mini] / 8);
                // Some writers leave out the end of the last mini-block.
                var packed = source.Slice(at, Math.Min(bytes, source.Length - at));
                if (packed.Length * 8L < (long)values * widths[mini]) throw new InvalidDataException("A delta block is cut off.");
                for (var i = 0; i < values; i++, next++)
                {
                    value += least + (long)BitUnpacker.ReadOne(packed, (long)i * widths[mini], widths[mini]);
                    if (next < count) target[next] = value;
                }

                at += packed.Length;
            }
        }

        return at;
    }

    private static int Size(ReadOnlySpan<byte> source, ref int at, int max)
    {
        var value = Varint(source, ref at);
        return value <= (ulong)max ? (int)value : throw new InvalidDataException("A delta block's size is impossible.");
    }

    private static long ZigZag(ReadOnlySpan<byte> source, ref int at)
    {
        var value = Varint(source, ref at);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private static ulong Varint(ReadOnlySpan<byte> source, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (at >= source.Length) throw new InvalidDataException("A delta block is cut off.");
            var b = source[at++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80) return value;
        }

        throw new InvalidDataException("A delta block holds a number of more than ten bytes.");
    }
}
