using DataMesh.DataPlane.Flow;
using DataMesh.DataPlane.Ledger;

namespace DataMesh.Runtime.Groups.Remote;

/// <summary>What an instance asks of its commit group's coordinator in another silo: one of the requests.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Generation">The pipeline's attempt that the instance belongs to: what is asked for an earlier one means nothing.</param>
/// <param name="Instance">Number of the instance.</param>
/// <param name="Attempt">The attempt at an epoch that it is in; -1 before the first.</param>
public sealed record GroupCall(string RunId, long Generation, int Instance, int Attempt)
{
    /// <summary>It is ready for an epoch.</summary>
    public PartBeginning? Begin { get; init; }

    /// <summary>It wants a split.</summary>
    public SplitRequest? Next { get; init; }

    /// <summary>It says how far it has come.</summary>
    public PartProgress? Ask { get; init; }

    /// <summary>Its rows showed something.</summary>
    public Finding? Meet { get; init; }

    /// <summary>It hands its part in.</summary>
    public PartReport? Report { get; init; }

    /// <summary>What it has counted in this attempt; told with <see cref="Ask"/> and <see cref="Report"/>.</summary>
    public PartCounts? Counts { get; init; }
}

/// <summary>How far an instance has come in an attempt.</summary>
/// <param name="Bytes">Source bytes.</param>
/// <param name="WantsBarrier">Whether the epoch should end soon.</param>
public sealed record PartProgress(long Bytes, bool WantsBarrier);

/// <summary>What an instance has counted in an attempt.</summary>
/// <param name="BytesRead">Source bytes.</param>
/// <param name="RowsWritten">Rows appended to sinks.</param>
/// <param name="Lines">The ledger's lines so far.</param>
public sealed record PartCounts(long BytesRead, long RowsWritten, IReadOnlyList<StageCounts> Lines);

/// <summary>What the coordinator's silo answers.</summary>
/// <param name="Outcome">What became of the call; only after <see cref="GroupOutcome.Done"/> one of the others is set.</param>
public sealed record GroupAnswer(GroupOutcome Outcome)
{
    /// <summary>How to read the epoch.</summary>
    public PartOrder? Order { get; init; }

    /// <summary>What shows whether both silos see the same files; with <see cref="Order"/>.</summary>
    public FolderProbe? Probe { get; init; }

    /// <summary>The split; null when there is none.</summary>
    public SplitGrant? Grant { get; init; }

    /// <summary>What the instance should do.</summary>
    public EpochWord? Word { get; init; }

    /// <summary>What the epoch has to start again with; null to go on.</summary>
    public Widening? Widening { get; init; }

    /// <summary>What becomes of the part.</summary>
    public PartVerdict? Verdict { get; init; }

    /// <summary>Why it failed, for people.</summary>
    public string? Error { get; init; }

    /// <summary>Whether trying again may help.</summary>
    public bool MayPass { get; init; }
}

/// <summary>What became of a call to a coordinator.</summary>
public enum GroupOutcome
{
    /// <summary>It was answered.</summary>
    Done,
    /// <summary>The coordinator does not live there.</summary>
    Elsewhere,
    /// <summary>The group that the instance belongs to has ended: nothing of it counts, and whoever ended it knows.</summary>
    Over,
    /// <summary>The coordinator takes this for an instance that has lost what it held.</summary>
    Lost,
    /// <summary>It failed there.</summary>
    Failed,
}
