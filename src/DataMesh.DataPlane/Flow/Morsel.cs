using DataMesh.Core.Columns;
using DataMesh.DataPlane.Graph;
using DataMesh.DataPlane.Ledger;
using DataMesh.DataPlane.Quarantine;

namespace DataMesh.DataPlane.Flow;

/// <summary>What one block became on its way through the parallel region; moves on in source order.</summary>
internal sealed class Morsel(LedgerCounters counts, long budget)
{
    /// <summary>Batches for the ordered region and the sinks.</summary>
    public List<(Edge To, RecordBatch Batch)> Batches { get; } = [];

    /// <summary>Records set aside.</summary>
    public List<BadRecord> Bad { get; } = [];

    /// <summary>Wider types asked for; nothing else in the morsel counts then.</summary>
    public List<Widening> Widenings { get; } = [];

    /// <summary>What rows showed that the plan did not foresee.</summary>
    public List<Finding> Findings { get; } = [];

    /// <summary>What people should know, with how often it happened.</summary>
    public Dictionary<string, long> Notices { get; } = [];

    /// <summary>The ledger of the block.</summary>
    public LedgerCounters Counts { get; } = counts;

    /// <summary>Bytes of the task's budget that the block holds.</summary>
    public long Budget { get; } = budget;

    /// <summary>Lets go of the batches of a morsel that is not used.</summary>
    public void Discard()
    {
        foreach (var (_, batch) in Batches) batch.Dispose();
        Batches.Clear();
        Bad.Clear();
        Findings.Clear();
    }
}

/// <summary>A column whose values need a wider type than was predicted.</summary>
/// <param name="Source">Number of the source.</param>
/// <param name="Column">Its name.</param>
/// <param name="Type">The type that holds what was seen.</param>
/// <param name="Where">File and position of the block that showed it.</param>
public sealed record Widening(int Source, string Column, DataType Type, string Where)
{
    /// <summary>The split that showed it, and the position of the block.</summary>
    public BlockPlace? At { get; init; }

    /// <summary>Set when not the type is to widen, but the column is to be decoded as text, or its nulls are to be set aside.</summary>
    public FindingKind? Because { get; init; }
}

/// <summary>Where a block begins.</summary>
/// <param name="Split">Id of its split.</param>
/// <param name="Position">Its first position.</param>
public sealed record BlockPlace(string Split, long Position);
