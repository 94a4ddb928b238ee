namespace DataMesh.DataPlane.Flow;

/// <summary>Hands the splits of a task to its data path, one after the other.</summary>
public interface ISplitFeed
{
    /// <summary>The split to read now: the one left half by the last epoch, or the next one; null when there are no more.</summary>
    ValueTask<OpenSplit?> CurrentAsync(CancellationToken cancellation);

    /// <summary>Called when the current split has been read to its end.</summary>
    ValueTask FinishAsync(CancellationToken cancellation);
}
