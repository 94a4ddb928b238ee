using DataMesh.Core.Components;
using DataMesh.DataPlane.Flow;
using DataMesh.DataPlane.Ledger;
using DataMesh.Runtime.Commit;

namespace DataMesh.Runtime.Groups;

/// <summary>What an instance made of its part of an epoch.</summary>
/// <param name="Instance">Number of the instance.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="IsStaged">Whether files stand for it; false when it was given up, or when nothing is to be made durable.</param>
/// <param name="IsDrained">Whether there was no more input for the instance, or no stage could use more of it.</param>
/// <param name="Ledger">One line per node.</param>
/// <param name="Reasons">Records set aside by reason.</param>
public sealed record PartReport(
    int Instance, int Attempt, bool IsStaged, bool IsDrained, IReadOnlyList<StageCounts> Ledger, IReadOnlyDictionary<string, long> Reasons)
{
    /// <summary>Whether no stage can use more of the input.</summary>
    public bool HasSeenEnough { get; init; }

    /// <summary>What the epoch has to start again with.</summary>
    public IReadOnlyList<Widening> Widenings { get; init; } = [];

    /// <summary>Why what a stage keeps does not go with the columns that became wider; null when it does.</summary>
    public string? Refused { get; init; }

    /// <summary>Files per sink.</summary>
    public IReadOnlyList<StagedOutput> Outputs { get; init; } = [];

    /// <summary>The quarantine part, or null.</summary>
    public QuarantinePart? Bad { get; init; }

    /// <summary>Splits read to their end.</summary>
    public IReadOnlyList<SplitPosition> Finished { get; init; } = [];

    /// <summary>Columns that splits turned out not to have, when they had been read to their end.</summary>
    public IReadOnlyList<MissingColumns> Missing { get; init; } = [];

    /// <summary>The split read half, or null.</summary>
    public HeldSplit? Open { get; init; }

    /// <summary>What stages keep, as files.</summary>
    public IReadOnlyList<StageState> State { get; init; } = [];

    /// <summary>What people should know, with how often it happened.</summary>
    public IReadOnlyDictionary<string, long> Notices { get; init; } = new Dictionary<string, long>();
}

/// <summary>A split read half, with the number of its source.</summary>
internal sealed record SourceSplit(int Source, HeldSplit Split);

/// <summary>A split that an instance is in the middle of.</summary>
/// <param name="Name">The file, for people.</param>
/// <param name="Position">How far it has come.</param>
public sealed record HeldSplit(string Name, SplitPosition Position);

/// <summary>Columns of which a split held no value at all, which its head could not tell.</summary>
/// <param name="Source">Number of the source.</param>
/// <param name="Split">The split's id.</param>
/// <param name="Columns">The columns.</param>
/// <param name="IsWhole">Whether all of the split was read in this epoch, so that the epoch can begin again with what is known now.</param>
public sealed record MissingColumns(int Source, string Split, IReadOnlyList<string> Columns, bool IsWhole);
