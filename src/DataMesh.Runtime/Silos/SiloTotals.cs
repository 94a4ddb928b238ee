using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Silos;

/// <summary>What a silo has done, added up: for counters that only grow.</summary>
public sealed class SiloTotals
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, PipelineTotals> _pipelines = [];

    /// <summary>What was done for each pipeline by runs that have gone.</summary>
    public IReadOnlyDictionary<string, PipelineTotals> Pipelines
    {
        get { lock (_lock) return new Dictionary<string, PipelineTotals>(_pipelines); }
    }

    /// <summary>Takes in a run that goes.</summary>
    internal void Add(SiloRun run)
    {
        lock (_lock) _pipelines[run.Name.Pipeline] = _pipelines.GetValueOrDefault(run.Name.Pipeline, PipelineTotals.None) + PipelineTotals.Of(run);
    }
}

/// <summary>What was done for a pipeline.</summary>
public sealed record PipelineTotals(long RowsIn, long RowsOut, long BytesIn, long BytesOut, long Quarantined, long Epochs, long Retries, long Runs)
{
    /// <summary>Nothing.</summary>
    public static PipelineTotals None { get; } = new(0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>What a run has done so far.</summary>
    public static PipelineTotals Of(SiloRun run)
    {
        var outcome = run.Run.Outcome;
        return new PipelineTotals(
            run.Run.RowsRead(outcome.Stages), outcome.Targets.Sum(target => target.Rows), run.Run.Meter.BytesRead,
            outcome.Targets.Sum(target => target.Bytes), outcome.Quarantine.Values.Sum(), outcome.Epochs, run.Retries, 1);
    }

    /// <summary>Adds two up.</summary>
    public static PipelineTotals operator +(PipelineTotals a, PipelineTotals b) => new(
        a.RowsIn + b.RowsIn, a.RowsOut + b.RowsOut, a.BytesIn + b.BytesIn, a.BytesOut + b.BytesOut, a.Quarantined + b.Quarantined, a.Epochs + b.Epochs,
        a.Retries + b.Retries, a.Runs + b.Runs);
}
