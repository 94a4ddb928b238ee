using DataMesh.Core.Columns;
using DataMesh.Formats.Parquet.Writing;

namespace DataMesh.Formats.Parquet;

/// <summary>A row group as bytes, ready to be appended to a file. Holds pooled memory until it is disposed.</summary>
public sealed class EncodedRowGroup : IDisposable
{
    private readonly PooledBuffer _data;

    internal EncodedRowGroup(PooledBuffer data, EncodedChunk[] chunks, long rows)
    {
        _data = data;
        Chunks = chunks;
        Rows = rows;
        ByteSize = data.Length;
    }

    /// <summary>Rows in it.</summary>
    public long Rows { get; }

    /// <summary>Bytes that it will take in the file.</summary>
    public long ByteSize { get; }

    /// <summary>The column chunks, one behind the other.</summary>
    internal ReadOnlySpan<byte> Bytes => _data.Span;

    internal EncodedChunk[] Chunks { get; }

    /// <inheritdoc/>
    public void Dispose() => _data.Dispose();
}
