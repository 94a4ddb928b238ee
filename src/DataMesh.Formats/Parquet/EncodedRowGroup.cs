namespace DataMesh.Formats.Parquet;

/// <summary>A row group as bytes, ready to be appended to a file. Holds pooled memory until it is disposed.</summary>
public sealed class EncodedRowGroup : IDisposable
{
    /// <summary>Rows in it.</summary>
    public long Rows { get; internal init; }

    /// <summary>Bytes that it will take in the file.</summary>
    public long ByteSize => 0;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
