namespace DataMesh.DataPlane.Ledger;

/// <summary>
/// The ledger's line of one node: <c>In + Created = Out + Filtered + Quarantined + Deduplicated + Absorbed</c>.
/// For a source, In counts records found; for a sink, Out counts rows written.
/// </summary>
public sealed record StageCounts(
    string Id, string Type, long In, long Created, long Out, long Filtered, long Quarantined, long Deduplicated, long Absorbed)
{
    /// <summary>Whether the equation holds.</summary>
    public bool Closes => In + Created == Out + Filtered + Quarantined + Deduplicated + Absorbed;
}
