namespace DataMesh.Formats.Parquet.Metadata;

/// <summary>What stands before a page.</summary>
internal struct PageHeader
{
    public PageType Type;
    public int UncompressedSize;
    public int CompressedSize;
    public int Values;
    public ParquetEncoding Encoding;
    public ParquetEncoding DefinitionEncoding;
    public ParquetEncoding RepetitionEncoding;

    /// <summary>The following hold for data pages v2 only.</summary>
    public int Nulls;
    public int Rows;
    public int DefinitionBytes;
    public int RepetitionBytes;
    public bool IsCompressed;
}
