using DataMesh.Formats.Parquet.Metadata;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>A column chunk among the bytes of its row group, with what the footer must say about it.</summary>
internal sealed class EncodedChunk
{
    /// <summary>Where it begins in the row group's bytes.</summary>
    public required int Start { get; init; }

    public required int Length { get; init; }

    public required CompressionCodec Codec { get; init; }

    /// <summary>Encoding of the data pages' values.</summary>
    public required ParquetEncoding Encoding { get; init; }

    public required long Values { get; init; }

    public required long UncompressedSize { get; init; }

    /// <summary>Length of the dictionary page at the begin of the chunk; 0 when there is none.</summary>
    public required int DictionaryBytes { get; init; }

    public required ColumnBounds Bounds { get; init; }

    public required long NullCount { get; init; }
}
