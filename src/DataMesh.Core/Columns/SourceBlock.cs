namespace DataMesh.Core.Columns;

/// <summary>
/// A piece of a split between two true record boundaries, as its reader read it: what a decoder turns into one or more batches.
/// Counted owners as for <see cref="Column"/>: batches keep their block while a row may still go to quarantine.
/// </summary>
public abstract class SourceBlock : IDisposable
{
    private int _owners = 1;

    /// <summary>The file (or other name of the split) for messages and quarantine.</summary>
    public required string SourceName { get; init; }

    /// <summary>Where the block begins in the split's own unit of position (bytes of decoded text; row number in Parquet).</summary>
    public required long Start { get; init; }

    /// <summary>Where the block ends (exclusive): reading can resume here.</summary>
    public required long End { get; init; }

    /// <summary>Order of the block in its split, from 0.</summary>
    public required int Sequence { get; init; }

    /// <summary>Where its records come from and how one is decoded alone; set by whoever reads the split.</summary>
    public RecordForm? Form { get; set; }

    /// <summary>Bytes of memory the block holds.</summary>
    public abstract long ByteSize { get; }

    /// <summary>The original bytes of a record, for quarantine.</summary>
    public abstract ReadOnlySpan<byte> RecordBytes(int record);

    /// <summary>The position of a record in the split's unit.</summary>
    public abstract long RecordPosition(int record);

    /// <summary>Adds an owner and returns this same block.</summary>
    public SourceBlock Share()
    {
        Interlocked.Increment(ref _owners);
        return this;
    }

    /// <summary>Gives up one ownership; the last one releases the memory.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _owners) != 0) return;
        Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>Returns the memory to the pool.</summary>
    protected abstract void Release();
}
