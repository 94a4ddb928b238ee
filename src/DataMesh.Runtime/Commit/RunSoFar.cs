using DataMesh.DataPlane.Ledger;

namespace DataMesh.Runtime.Commit;

/// <summary>
/// What a run has committed up to an epoch, whatever processes it ran in: it stands in the manifest, so that whoever takes the run up goes on counting.
/// </summary>
/// <param name="RunId">The run.</param>
/// <param name="Epochs">Epochs committed.</param>
/// <param name="BytesRead">Source bytes read.</param>
/// <param name="Stages">The ledger over these epochs.</param>
public sealed record RunSoFar(string RunId, long Epochs, long BytesRead, IReadOnlyList<StageCounts> Stages)
{
    /// <summary>Nothing.</summary>
    public static RunSoFar Nothing { get; } = new("", 0, 0, []);

    /// <summary>Adds what was done besides.</summary>
    public static RunSoFar operator +(RunSoFar a, RunSoFar b) => new(
        a.RunId, a.Epochs + b.Epochs, a.BytesRead + b.BytesRead, StageCounts.Sum([a.Stages, b.Stages]));

    /// <summary>Takes out what was done here.</summary>
    public static RunSoFar operator -(RunSoFar a, RunSoFar b) =>
        a + new RunSoFar(b.RunId, -b.Epochs, -b.BytesRead, [.. b.Stages.Select(Negative)]);

    private static StageCounts Negative(StageCounts line) => line with
    {
        In = -line.In,
        Created = -line.Created,
        Out = -line.Out,
        Filtered = -line.Filtered,
        Quarantined = -line.Quarantined,
        Deduplicated = -line.Deduplicated,
        Absorbed = -line.Absorbed,
    };
}
