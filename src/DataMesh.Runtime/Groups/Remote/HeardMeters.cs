using DataMesh.DataPlane.Flow;

namespace DataMesh.Runtime.Groups.Remote;

/// <summary>What instances in other silos have counted, as far as they have told: part of what the run has counted.</summary>
internal sealed class HeardMeters(PathMeter whole)
{
    private readonly Dictionary<int, (PathMeter Meter, (long BytesRead, long RowsWritten) Mark)> _meters = [];
    private readonly Lock _lock = new();

    /// <summary>An attempt begins: what was counted until here is kept.</summary>
    public void Keep()
    {
        lock (_lock)
        {
            foreach (var (instance, (meter, _)) in _meters.ToList())
            {
                _meters[instance] = (meter, meter.Mark());
                meter.Show([]);
            }
        }
    }

    /// <summary>Nothing that was counted since counts: it will be read again.</summary>
    public void GoBack()
    {
        lock (_lock)
        {
            foreach (var (meter, mark) in _meters.Values)
            {
                meter.GoBack(mark);
                meter.Show([]);
            }
        }
    }

    /// <summary>Takes in what an instance has counted in this attempt. What comes late is less than what is known.</summary>
    public void Hear(int instance, PartCounts counts)
    {
        lock (_lock)
        {
            if (!_meters.TryGetValue(instance, out var known)) _meters[instance] = known = (whole.Part(), (0, 0));
            var now = (known.Mark.BytesRead + counts.BytesRead, known.Mark.RowsWritten + counts.RowsWritten);
            var before = known.Meter.Mark();
            if (now.Item1 < before.BytesRead || now.Item2 < before.RowsWritten) return;
            known.Meter.GoBack(now);
            known.Meter.Show(counts.Lines);
        }
    }
}
