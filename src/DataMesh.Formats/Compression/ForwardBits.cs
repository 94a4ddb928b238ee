namespace DataMesh.Formats.Compression;

/// <summary>Reads a few bits from the front of a span, the lowest of each byte first. Used for table descriptions only, so it is short rather than fast.</summary>
internal ref struct ForwardBits(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> _source = source;
    private int _position;

    /// <summary>The number of bytes read, the last one perhaps in part; throws when they are more than there are.</summary>
    public readonly int BytesRead
    {
        get
        {
            var bytes = _position + 7 >> 3;
            return bytes <= _source.Length ? bytes : throw new InvalidDataException("A table of probabilities is cut off.");
        }
    }

    /// <summary>The next bits (at most 24); those past the end are zero.</summary>
    public readonly uint Peek(int count)
    {
        var (at, value) = (_position >> 3, 0u);
        for (var i = 0; i < 4 && at + i < _source.Length; i++) value |= (uint)_source[at + i] << 8 * i;
        return value >> (_position & 7) & (1u << count) - 1;
    }

    public void Skip(int count) => _position += count;

    public uint Read(int count)
    {
        var value = Peek(count);
        Skip(count);
        return value;
    }
}
