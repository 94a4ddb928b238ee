using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Silos;

/// <summary>How fast a run reads: sampled by its silo, smoothed so that the numbers can be read.</summary>
public sealed class RunRates(SiloRun run)
{
    private const double Weight = 0.4;

    private long _rows;
    private long _bytes;
    private long _at = run.Run.StartedAt;

    /// <summary>Rows read in a second.</summary>
    public double RowsPerSecond { get; private set; }

    /// <summary>Bytes read in a second.</summary>
    public double BytesPerSecond { get; private set; }

    /// <summary>Looks at the counts again.</summary>
    public void Sample()
    {
        var now = run.Run.Clock.GetTimestamp();
        var seconds = run.Run.Clock.GetElapsedTime(_at, now).TotalSeconds;
        if (seconds < 0.1) return;
        var (rows, bytes) = (run.Run.RowsRead(run.Here()), run.Run.Meter.BytesRead);
        // An epoch that starts again takes its counts back.
        RowsPerSecond += Weight * (Math.Max(rows - _rows, 0) / seconds - RowsPerSecond);
        BytesPerSecond += Weight * (Math.Max(bytes - _bytes, 0) / seconds - BytesPerSecond);
        (_rows, _bytes, _at) = (rows, bytes, now);
    }
}
