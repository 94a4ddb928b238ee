using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Flow;
using DataMesh.Runtime.Commit;
using DataMesh.Runtime.Drift;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Groups;

/// <summary>An instance is ready for an epoch.</summary>
/// <param name="Instance">Number of the instance.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="After">The attempt that it was in last; -1 before the first one.</param>
public sealed record PartBeginning(int Instance, long Epoch, int After)
{
    /// <summary>The split that it is in the middle of; null when there is none. Another one than the coordinator thinks it has was lost.</summary>
    public HeldPlace? Held { get; init; }
}

/// <summary>How far a split was read.</summary>
/// <param name="Source">Number of its source.</param>
/// <param name="Split">Its id.</param>
/// <param name="Position">Where it goes on.</param>
public sealed record HeldPlace(int Source, string Split, long Position);

/// <summary>How an instance reads its part of an epoch.</summary>
/// <param name="Attempt">Number of the attempt: answers to an earlier one count for nothing.</param>
/// <param name="Plan">Number of the plan: with another one than before, the instance begins anew and drops the splits that it holds.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="Sources">How each source is decoded.</param>
/// <param name="Schemas">The schema that the rows of each sink must fit; null while types still widen.</param>
public sealed record PartOrder(int Attempt, int Plan, long Epoch, IReadOnlyList<SourceFacts> Sources, IReadOnlyList<Schema?> Schemas)
{
    /// <summary>How many instances read.</summary>
    public int Tasks { get; init; } = 1;

    /// <summary>Whether the epoch replaces the rows of all targets.</summary>
    public bool Replaces { get; init; }

    /// <summary>Columns per sink that become wider in its target with this epoch.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Retyped { get; init; } = [];

    /// <summary>Whether columns became wider although targets exist, which a stage may refuse.</summary>
    public bool MayBeRefused { get; init; }

    /// <summary>Whether an epoch may end before its input does.</summary>
    public bool MayEndAnywhere { get; init; } = true;

    /// <summary>Whether the coordinator ends the epoch before its input ends, when it is asked to.</summary>
    public bool EndsEarly { get; init; }

    /// <summary>Whether all widenings of the epoch are wanted, instead of only the first ones.</summary>
    public bool ScansForWidenings { get; init; }

    /// <summary>Whether stages keep state from epoch to epoch.</summary>
    public bool KeepsState { get; init; }

    /// <summary>The state of stages as of the last committed epoch.</summary>
    public IReadOnlyList<StageState> States { get; init; } = [];
}

/// <summary>An instance asks for a split.</summary>
/// <param name="Instance">Number of the instance.</param>
/// <param name="Attempt">The attempt that it is in.</param>
/// <param name="Finished">The split that it has read to its end; null for the first one.</param>
public sealed record SplitRequest(int Instance, int Attempt, FinishedSplit? Finished);

/// <summary>A split that was read to its end.</summary>
/// <param name="Source">Number of its source.</param>
/// <param name="Split">Its id.</param>
public sealed record FinishedSplit(int Source, string Split);

/// <summary>A split for an instance.</summary>
/// <param name="Source">Number of its source.</param>
/// <param name="Split">The split.</param>
/// <param name="From">Where to begin.</param>
/// <param name="Judged">What its head showed, and what is to be done about it; null when nothing is known before it is read.</param>
/// <param name="IsAwaited">Whether other splits wait until everything of it is judged.</param>
public sealed record SplitGrant(int Source, Split Split, long From, JudgedSplit? Judged, bool IsAwaited)
{
    /// <summary>How it goes on behind a last record that had no line end.</summary>
    public SplitResumption? Resumption { get; init; }

    /// <summary>Its place among the splits of the run.</summary>
    public int Order { get; init; }

    /// <summary>The places of the splits before it that are handed out and not finished.</summary>
    public IReadOnlyList<int> Before { get; init; } = [];

    /// <summary>Records in it that are set aside before they are decoded, in their order.</summary>
    public IReadOnlyList<PoisonedRange> Poisoned { get; init; } = [];
}
