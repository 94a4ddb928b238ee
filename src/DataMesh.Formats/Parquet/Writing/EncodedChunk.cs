using DataMesh.Core.Columns;
using DataMesh.Formats.Parquet.Metadata;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>A column chunk as bytes, with what the footer must say about it.</summary>
internal sealed class EncodedChunk : IDisposable
{
    public required PooledBuffer Data { get; init; }

    public required CompressionCodec Codec { get; init; }

    /// <summary>Encoding of the data pages' values.</summary>
    public required ParquetEncoding Encoding { get; init; }

    public required long Values { get; init; }

    public required long UncompressedSize { get; init; }

    /// <summary>Length of the dictionary page at the begin of the chunk; 0 when there is none.</summary>
    public required int DictionaryBytes { get; init; }

    public required ColumnBounds Bounds { get; init; }

    public required long NullCount { get; init; }

    public void Dispose() => Data.Dispose();
}
