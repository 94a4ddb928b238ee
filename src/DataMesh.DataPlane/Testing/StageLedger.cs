namespace DataMesh.DataPlane.Testing;

/// <summary>The terms of the ledger's equation for one run of one stage, in rows.</summary>
public sealed record StageLedger(long In, long Created, long Out, long Filtered, long Quarantined, long Deduplicated, long Absorbed)
{
    /// <summary>Whether <c>in + created = out + filtered + quarantined + deduplicated + absorbed</c>.</summary>
    public bool IsClosed => In + Created == Out + Filtered + Quarantined + Deduplicated + Absorbed;
}
