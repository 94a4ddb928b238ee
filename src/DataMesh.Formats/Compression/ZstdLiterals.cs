namespace DataMesh.Formats.Compression;

/// <summary>The literals of a Zstandard block (RFC 8878, 3.1.1.3.1).</summary>
internal sealed class ZstdLiterals
{
    /// <summary>The most that a block may decompress to.</summary>
    public const int BlockBytesMax = 128 << 10;

    private readonly HuffmanTable _huffman = new();

    /// <summary>The bytes, with room to copy a little more than there is.</summary>
    public byte[] Bytes { get; } = new byte[BlockBytesMax + MatchCopy.Slack];

    /// <summary>The number of literals of the last block.</summary>
    public int Length { get; private set; }

    /// <summary>Forgets what earlier blocks left for later ones.</summary>
    public void Reset() => _huffman.Reset();

    /// <summary>Reads the literals; returns the length of their section.</summary>
    public int Read(ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty) throw Damaged();
        return (source[0] & 3) switch
        {
            0 => ReadRaw(source),
            1 => ReadRepeated(source),
            2 => ReadCompressed(source, isTreeless: false),
            _ => ReadCompressed(source, isTreeless: true),
        };
    }

    private int ReadRaw(ReadOnlySpan<byte> source)
    {
        var header = ReadSize(source);
        if (Length > source.Length - header) throw Damaged();
        source.Slice(header, Length).CopyTo(Bytes);
        return header + Length;
    }

    private int ReadRepeated(ReadOnlySpan<byte> source)
    {
        var header = ReadSize(source);
        if (source.Length <= header) throw Damaged();
        Bytes.AsSpan(0, Length).Fill(source[header]);
        return header + 1;
    }

    private int ReadSize(ReadOnlySpan<byte> source)
    {
        var header = (source[0] >> 2 & 3) switch { 1 => 2, 3 => 3, _ => 1 };
        var bits = (int)ReadLittle(source, header);
        SetLength(bits >> (header == 1 ? 3 : 4));
        return header;
    }

    private int ReadCompressed(ReadOnlySpan<byte> source, bool isTreeless)
    {
        var format = source[0] >> 2 & 3;
        var (header, width) = format switch { 2 => (4, 14), 3 => (5, 18), _ => (3, 10) };
        var bits = ReadLittle(source, header) >> 4;
        SetLength((int)(bits & (1UL << width) - 1));
        var compressed = (int)(bits >> width);
        if (compressed > source.Length - header) throw Damaged();
        var body = source.Slice(header, compressed);
        if (isTreeless && _huffman.Log == 0) throw new InvalidDataException("A first block has no Huffman table.");
        if (!isTreeless) body = body[_huffman.Read(body)..];
        if (format == 0) HuffmanStreams.DecodeOne(_huffman, body, Bytes.AsSpan(0, Length));
        else HuffmanStreams.DecodeFour(_huffman, body, Bytes.AsSpan(0, Length));
        return header + compressed;
    }

    private void SetLength(int length) => Length = length <= BlockBytesMax ? length : throw Damaged();

    private static ulong ReadLittle(ReadOnlySpan<byte> source, int bytes)
    {
        if (source.Length < bytes) throw Damaged();
        var value = 0UL;
        for (var i = 0; i < bytes; i++) value |= (ulong)source[i] << 8 * i;
        return value;
    }

    private static InvalidDataException Damaged() => new("A block's literals are damaged.");
}
