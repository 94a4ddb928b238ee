namespace DataMesh.Formats.Compression;

/// <summary>The three tables that a block's sequences are decoded with; a block may use those of the block before it.</summary>
internal sealed class ZstdTables
{
    private static readonly FseTable DefaultLiteralLengths = FseTable.Fixed(
        6, FseCodes.LiteralLengths, [4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1]);

    private static readonly FseTable DefaultOffsets = FseTable.Fixed(
        5, FseCodes.Offsets, [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1]);

    private static readonly FseTable DefaultMatchLengths = FseTable.Fixed(
        6,
        FseCodes.MatchLengths,
        [1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1]);

    private readonly FseTable _literalLengths = new(9, FseCodes.LiteralLengths);
    private readonly FseTable _offsets = new(8, FseCodes.Offsets);
    private readonly FseTable _matchLengths = new(9, FseCodes.MatchLengths);
    private FseTable? _literalLengthsInUse;
    private FseTable? _offsetsInUse;
    private FseTable? _matchLengthsInUse;

    public FseTable LiteralLengths => _literalLengthsInUse!;

    public FseTable Offsets => _offsetsInUse!;

    public FseTable MatchLengths => _matchLengthsInUse!;

    /// <summary>Forgets the tables.</summary>
    public void Reset() => _literalLengthsInUse = _offsetsInUse = _matchLengthsInUse = null;

    /// <summary>Reads how the tables are given, and those that are written out; returns what follows them.</summary>
    public ReadOnlySpan<byte> Read(ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty || (source[0] & 3) != 0) throw new InvalidDataException("A block's tables are damaged.");
        int modes = source[0];
        source = source[1..];
        _literalLengthsInUse = Select(modes >> 6, ref source, _literalLengths, DefaultLiteralLengths, _literalLengthsInUse);
        _offsetsInUse = Select(modes >> 4 & 3, ref source, _offsets, DefaultOffsets, _offsetsInUse);
        _matchLengthsInUse = Select(modes >> 2 & 3, ref source, _matchLengths, DefaultMatchLengths, _matchLengthsInUse);
        return source;
    }

    private static FseTable Select(int mode, ref ReadOnlySpan<byte> source, FseTable own, FseTable predefined, FseTable? last)
    {
        switch (mode)
        {
            case 0:
                return predefined;
            case 1:
                if (source.IsEmpty) throw new InvalidDataException("A block's tables are cut off.");
                own.BuildSingle(source[0]);
                source = source[1..];
                return own;
            case 2:
                source = source[own.Read(source)..];
                return own;
            default:
                return last ?? throw new InvalidDataException("A first block has no tables.");
        }
    }
}
