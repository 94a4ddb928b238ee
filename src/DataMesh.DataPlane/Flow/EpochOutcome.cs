using DataMesh.DataPlane.Ledger;

namespace DataMesh.DataPlane.Flow;

/// <summary>How an epoch ended in the data path.</summary>
/// <param name="IsDrained">Whether the input came to its end (or no stage can use more of it).</param>
/// <param name="Widenings">Wider types asked for; when there are any, the epoch counts for nothing.</param>
/// <param name="Counts">The epoch's ledger.</param>
/// <param name="FinishedSplits">Splits that were read to their end.</param>
/// <param name="OpenSplit">The split that is read half, or null.</param>
public sealed record EpochOutcome(
    bool IsDrained, IReadOnlyList<Widening> Widenings, LedgerCounters Counts, IReadOnlyList<OpenSplit> FinishedSplits, OpenSplit? OpenSplit)
{
    /// <summary>Whether no stage can use more of the input.</summary>
    public bool HasSeenEnough { get; init; }

    /// <summary>Whether nothing of the epoch counts, because of what this task or another one met.</summary>
    public bool IsGivenUp { get; init; }
}
