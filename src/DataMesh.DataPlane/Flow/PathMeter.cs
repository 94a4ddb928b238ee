using DataMesh.DataPlane.Graph;
using DataMesh.DataPlane.Ledger;

namespace DataMesh.DataPlane.Flow;

/// <summary>What a data path has done so far, to be read from anywhere while it runs.</summary>
public sealed class PathMeter
{
    private long _bytesRead;
    private long _rowsWritten;
    private LedgerCounters? _counts;
    private BoundGraph? _graph;

    /// <summary>Source bytes handed out in blocks.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>Rows appended to sinks.</summary>
    public long RowsWritten => Interlocked.Read(ref _rowsWritten);

    /// <summary>The ledger's lines so far; may lag by what is in flight.</summary>
    public IReadOnlyList<StageCounts> Lines() => _counts is { } counts && _graph is { } graph ? counts.Lines(graph) : [];

    /// <summary>Where the counts stand, to go back to when what follows is given up.</summary>
    public (long BytesRead, long RowsWritten) Mark() => (BytesRead, RowsWritten);

    /// <summary>Forgets what was read and written since: it will be read again, and must not count twice.</summary>
    public void GoBack((long BytesRead, long RowsWritten) mark)
    {
        Interlocked.Exchange(ref _bytesRead, mark.BytesRead);
        Interlocked.Exchange(ref _rowsWritten, mark.RowsWritten);
    }

    internal void Read(long bytes) => Interlocked.Add(ref _bytesRead, bytes);

    internal void Wrote(long rows) => Interlocked.Add(ref _rowsWritten, rows);

    internal void Watch(BoundGraph graph, LedgerCounters counts) => (_graph, _counts) = (graph, counts);
}
