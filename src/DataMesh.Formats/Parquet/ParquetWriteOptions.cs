namespace DataMesh.Formats.Parquet;

/// <summary>How row groups are encoded.</summary>
public sealed record ParquetWriteOptions
{
    /// <summary>The defaults: snappy, pages of 20,480 rows or a megabyte.</summary>
    public static ParquetWriteOptions Default { get; } = new();

    /// <summary>Compress pages with snappy where it pays; otherwise leave them as they are.</summary>
    public bool Snappy { get; init; } = true;

    /// <summary>Most rows in a data page; a multiple of 64.</summary>
    public int PageRows { get; init; } = 20 * 1024;

    /// <summary>A page of strings is closed when its values have passed this many bytes.</summary>
    public int PageBytes { get; init; } = 1 << 20;

    /// <summary>A dictionary with more bytes than this is given up for plain values.</summary>
    public int DictionaryBytesMax { get; init; } = 1 << 20;

    /// <summary>Longest minimum or maximum text kept in statistics, in characters.</summary>
    public int StatisticsCharactersMax { get; init; } = 32;
}
