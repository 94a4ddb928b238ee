namespace DataMesh.Formats.Parquet.Metadata;

/// <summary>The footer of a Parquet file.</summary>
internal sealed class FileMetadata
{
    public List<SchemaElement> Schema { get; init; } = [];

    public long Rows { get; set; }

    public List<RowGroupMetadata> RowGroups { get; init; } = [];

    public string? CreatedBy { get; set; }

    public bool IsEncrypted { get; set; }
}

/// <summary>One node of the schema, in depth-first order.</summary>
internal sealed class SchemaElement
{
    public PhysicalType? Type { get; set; }

    public int TypeLength { get; set; }

    public Repetition? Repetition { get; set; }

    public string Name { get; set; } = "";

    public int Children { get; set; }

    public ConvertedType? Converted { get; set; }

    public int Scale { get; set; }

    public int Precision { get; set; }

    public int? FieldId { get; set; }

    public LogicalType Logical { get; set; }
}

/// <summary>What values mean. <paramref name="Width"/> is an integer's width in bits.</summary>
internal readonly record struct LogicalType(LogicalKind Kind, int Scale = 0, int Precision = 0, bool IsUtc = false, TimeUnit Unit = default, int Width = 0, bool IsSigned = true);

/// <summary>One row group.</summary>
internal sealed class RowGroupMetadata
{
    public List<ColumnChunkMetadata> Columns { get; init; } = [];

    public long TotalByteSize { get; set; }

    public long Rows { get; set; }

    public long FileOffset { get; set; }

    public long CompressedSize { get; set; }
}

/// <summary>One column chunk of a row group.</summary>
internal sealed class ColumnChunkMetadata
{
    public PhysicalType Type { get; set; }

    public List<ParquetEncoding> Encodings { get; set; } = [];

    public List<string> Path { get; set; } = [];

    public CompressionCodec Codec { get; set; }

    public long Values { get; set; }

    public long UncompressedSize { get; set; }

    public long CompressedSize { get; set; }

    public long DataPageOffset { get; set; }

    public long? DictionaryPageOffset { get; set; }

    public ChunkStatistics? Statistics { get; set; }

    public string? FilePath { get; set; }

    public bool HasMetadata { get; set; }

    /// <summary>First byte of the chunk in the file. Some writers give a dictionary offset of 0 for "none".</summary>
    public long Start => DictionaryPageOffset is > 0 and var offset && offset < DataPageOffset ? offset : DataPageOffset;
}

/// <summary>Statistics of a column chunk; minimum and maximum in plain encoding.</summary>
internal sealed class ChunkStatistics
{
    public long? NullCount { get; set; }

    public byte[]? Min { get; set; }

    public byte[]? Max { get; set; }

    public bool MinIsExact { get; set; } = true;

    public bool MaxIsExact { get; set; } = true;
}
