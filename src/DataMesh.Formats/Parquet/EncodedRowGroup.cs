using DataMesh.Formats.Parquet.Writing;

namespace DataMesh.Formats.Parquet;

/// <summary>A row group as bytes, ready to be appended to a file. Holds pooled memory until it is disposed.</summary>
public sealed class EncodedRowGroup : IDisposable
{
    internal EncodedRowGroup(EncodedChunk[] chunks, long rows)
    {
        Chunks = chunks;
        Rows = rows;
        foreach (var chunk in chunks) ByteSize += chunk.Data.Length;
    }

    /// <summary>Rows in it.</summary>
    public long Rows { get; }

    /// <summary>Bytes that it will take in the file.</summary>
    public long ByteSize { get; }

    internal EncodedChunk[] Chunks { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var chunk in Chunks) chunk.Dispose();
    }
}
