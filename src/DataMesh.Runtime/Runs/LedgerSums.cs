using DataMesh.DataPlane.Ledger;

namespace DataMesh.Runtime.Runs;

/// <summary>What the lines of a run's ledger say together.</summary>
public static class LedgerSums
{
    /// <summary>Records found in the sources: their lines come first.</summary>
    public static long RowsRead(this PipelineRun run, IReadOnlyList<StageCounts> lines) => lines.Take(run.Definition.Sources.Count).Sum(line => line.In);

    /// <summary>Rows written to the sinks.</summary>
    public static long RowsWritten(this PipelineRun run, IReadOnlyList<StageCounts> lines) =>
        lines.Where(line => run.Definition.Sinks.Any(node => node.Id == line.Id)).Sum(line => line.Out);
}
