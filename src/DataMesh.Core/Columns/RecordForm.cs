namespace DataMesh.Core.Columns;

/// <summary>Where the records of a block come from, and what is needed to decode one of them again when its file is gone.</summary>
/// <param name="sourceId">Id of the source in the pipeline.</param>
public abstract class RecordForm(string sourceId)
{
    /// <summary>Id of the source in the pipeline.</summary>
    public string SourceId { get; } = sourceId;

    /// <summary>What <see cref="Components.Source.OpenRecords"/> needs to decode a record alone, as JSON; null when it can not be.</summary>
    public abstract string? Format { get; }

    /// <summary>Whether its records come back as rows only, whatever the pipeline looks like by now.</summary>
    public virtual bool AreRows => false;

    /// <summary>The place of the record at a position of its block's split. Asked for bad records only, one at a time, mostly in ascending order.</summary>
    public abstract ValueTask<RecordPlace> PlaceOfAsync(string sourceName, long position, CancellationToken cancellation);
}

/// <summary>Where a record stands.</summary>
/// <param name="SourceName">The file; null when unknown.</param>
/// <param name="Position">Position in the split's unit, -1 when unknown.</param>
/// <param name="Line">Line number, from 1; null where lines mean nothing or the file can not be read any more.</param>
public readonly record struct RecordPlace(string? SourceName, long Position, long? Line);

/// <summary>Tells line numbers of positions in a file.</summary>
public abstract class LineCounter : IAsyncDisposable
{
    /// <summary>The line, from 1, of a position; null when it can not be told. Going forward is cheap, going back starts again.</summary>
    public abstract ValueTask<long?> LineOfAsync(long position, CancellationToken cancellation);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}

/// <summary>A record that was kept, to be decoded again.</summary>
/// <param name="Bytes">Its bytes, without a line end.</param>
/// <param name="Place">Where it stood.</param>
public sealed record KeptRecord(ReadOnlyMemory<byte> Bytes, RecordPlace Place);
