using DataMesh.Client.Contract;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.DataPlane.Ledger;

namespace DataMesh.Api.Operations;

/// <summary>A line of the ledger as it is counted, as the pipeline's grain keeps it, and as people are told it.</summary>
internal static class LedgerLines
{
    public static StageStatus ToStatus(StageCounts line) =>
        new(line.Id, line.Type, line.In, line.Created, line.Out, line.Filtered, line.Quarantined, line.Deduplicated, line.Absorbed);

    public static StageStatus ToStatus(StageTotals line) =>
        new(line.Id, line.Type, line.In, line.Created, line.Out, line.Filtered, line.Quarantined, line.Deduplicated, line.Absorbed);

    public static StageCounts ToCounts(StageStatus line) =>
        new(line.Id, line.Type, line.In, line.Created, line.Out, line.Filtered, line.Quarantined, line.Deduplicated, line.Absorbed);
}
