namespace DataMesh.Formats.Parquet.Reading;

/// <summary>Decodes the hybrid of run-length and bit-packed runs. Unsound bytes throw <see cref="InvalidDataException"/>.</summary>
internal static class HybridDecoder
{
    /// <summary>Fills <paramref name="target"/> with values of <paramref name="width"/> bits; returns the bytes read.</summary>
    public static int Read(ReadOnlySpan<byte> source, int width, Span<int> target)
    {
        if (width is < 0 or > 32) throw new InvalidDataException($"A bit width of {width} is impossible.");
        var (at, next) = (0, 0);
        while (next < target.Length)
        {
            var header = Varint(source, ref at);
            var count = (int)Math.Min(header >> 1, int.MaxValue / 8);
            if ((header & 1) == 0)
            {
                if (count == 0) throw new InvalidDataException("A run of no values.");
                var value = 0;
                for (var bits = 0; bits < width; bits += 8) value |= Byte(source, ref at) << bits;
                count = Math.Min(count, target.Length - next);
                target.Slice(next, count).Fill(value);
                next += count;
                continue;
            }

            if (count == 0) throw new InvalidDataException("A packed run of no values.");
            var values = (int)Math.Min(count * 8L, target.Length - next);
            var bytes = (int)Math.Min((long)count * width, source.Length - at);
            if (bytes * 8L < (long)values * width) throw new InvalidDataException("A packed run is cut off.");
            BitUnpacker.Unpack(source.Slice(at, bytes), width, target.Slice(next, values));
            at += bytes;
            next += values;
        }

        return at;
    }

    private static byte Byte(ReadOnlySpan<byte> source, ref int at) => at < source.Length ? source[at++] : throw new InvalidDataException("A run is cut off.");

    private static uint Varint(ReadOnlySpan<byte> source, ref int at)
    {
        var value = 0u;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var b = Byte(source, ref at);
            value |= (uint)(b & 0x7f) << shift;
            if (b < 0x80) return value;
        }

        throw new InvalidDataException("A run's length is no number.");
    }
}
