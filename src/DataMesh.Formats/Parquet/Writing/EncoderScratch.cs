namespace DataMesh.Formats.Parquet.Writing;

/// <summary>Memory that the columns of one encoder use one after the other: one set per encoder, not per column, so that it stays in a core's cache.</summary>
internal sealed class EncoderScratch
{
    private const int DistinctMax = 32 << 10;

    private int[] _codes = [];

    public FixedDictionary Dictionary { get; } = new(DistinctMax);

    /// <summary>Room for one code per value.</summary>
    public int[] CodesFor(int rows)
    {
        if (_codes.Length < rows) _codes = new int[rows];
        return _codes;
    }
}
