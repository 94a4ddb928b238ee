namespace DataMesh.Formats.Compression;

/// <summary>The values that the symbols of a finite state entropy code stand for: ranges without a gap, each as long as its extra bits can count.</summary>
internal sealed class FseCodes
{
    /// <summary>Lengths of literals (RFC 8878, 3.1.1.3.2.1.1).</summary>
    public static readonly FseCodes LiteralLengths = new(0, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);

    /// <summary>Lengths of matches.</summary>
    public static readonly FseCodes MatchLengths = new(3, [.. new byte[32], 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);

    /// <summary>Offsets of matches: a code is its own number of extra bits.</summary>
    public static readonly FseCodes Offsets = new(1, [.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    /// <summary>Weights of Huffman codes, which stand for themselves.</summary>
    public static readonly FseCodes Weights = new(0, new byte[13]);

    private FseCodes(uint first, byte[] extra)
    {
        (Extra, Bases) = (extra, new uint[extra.Length]);
        for (var i = 0; i < extra.Length; i++)
        {
            Bases[i] = first;
            first += 1u << extra[i];
        }
    }

    /// <summary>The number of symbols.</summary>
    public int Count => Extra.Length;

    /// <summary>The smallest value of each symbol.</summary>
    public uint[] Bases { get; }

    /// <summary>The number of bits that are read and added.</summary>
    public byte[] Extra { get; }
}
