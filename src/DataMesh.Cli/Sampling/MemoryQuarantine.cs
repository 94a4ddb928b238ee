using DataMesh.DataPlane.Quarantine;

namespace DataMesh.Cli.Sampling;

/// <summary>Counts bad records and keeps the first of them.</summary>
internal sealed class MemoryQuarantine : IQuarantine
{
    private const int KeptMax = 1000;

    public List<BadRecord> Records { get; } = [];

    public long Count { get; private set; }

    public ValueTask AddAsync(IReadOnlyList<BadRecord> records, CancellationToken cancellation)
    {
        Count += records.Count;
        Records.AddRange(records.Take(KeptMax - Records.Count));
        return ValueTask.CompletedTask;
    }

    public void Clear()
    {
        Records.Clear();
        Count = 0;
    }
}
