namespace DataMesh.Formats.Parquet;

/// <summary>Puts encoded row groups into a Parquet file, one after the other. The stream stays the caller's (flush, fsync, close).</summary>
public sealed class ParquetFileWriter(Stream target, ParquetSchema schema)
{
    /// <summary>The schema of the file.</summary>
    public ParquetSchema Schema { get; } = schema;

    /// <summary>Bytes written so far.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>Rows written so far.</summary>
    public long RowsWritten { get; private set; }

    /// <summary>Appends a row group; the group stays the caller's.</summary>
    public void Append(EncodedRowGroup rowGroup) => target.Write([]);

    /// <summary>Writes the footer and says what the file holds.</summary>
    public ParquetFileFacts Finish() => throw new NotImplementedException();
}
