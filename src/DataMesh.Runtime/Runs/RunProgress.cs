using DataMesh.DataPlane.Ledger;

namespace DataMesh.Runtime.Runs;

/// <summary>Where a run stands now. Counts are of this run, not of earlier ones.</summary>
/// <param name="Phase">What is going on: starting, reading, committing, done.</param>
/// <param name="Epoch">The epoch being read, or -1.</param>
/// <param name="Elapsed">Time since the run began.</param>
/// <param name="BytesRead">Source bytes that are read.</param>
/// <param name="BytesTotal">Source bytes to read in all, -1 when unknown.</param>
/// <param name="RowsRead">Rows decoded.</param>
/// <param name="RowsWritten">Rows that reached sinks.</param>
/// <param name="Quarantined">Records set aside.</param>
/// <param name="BytesInFlight">Memory held by blocks and batches in flight.</param>
/// <param name="Stages">Counts per node, in the order of the pipeline.</param>
/// <param name="Message">Something to tell once (a column was widened, a restart), or null.</param>
public sealed record RunProgress(
    string Phase, long Epoch, TimeSpan Elapsed, long BytesRead, long BytesTotal, long RowsRead, long RowsWritten, long Quarantined,
    long BytesInFlight, IReadOnlyList<StageCounts> Stages, string? Message = null)
{
    /// <summary>The phase in which a run waits because something went wrong that may pass; the message says what.</summary>
    public const string Pausing = "waiting to try again";
}
