using DataMesh.DataPlane.Graph;
using DataMesh.DataPlane.Ledger;

namespace DataMesh.DataPlane.Flow;

/// <summary>What a data path, or several paths side by side, have done so far: to be read from anywhere while they run.</summary>
public sealed class PathMeter
{
    private long _bytesRead;
    private long _rowsWritten;
    private LedgerCounters? _counts;
    private BoundGraph? _graph;
    private PathMeter[] _parts = [];
    private volatile IReadOnlyList<StageCounts>? _shown;
    private IReadOnlyList<StageCounts> _before = [];

    /// <summary>Source bytes that readers are through with; of a split that was read to its end, all.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead) + _parts.Sum(part => part.BytesRead);

    /// <summary>Rows appended to sinks.</summary>
    public long RowsWritten => Interlocked.Read(ref _rowsWritten) + _parts.Sum(part => part.RowsWritten);

    /// <summary>The ledger's lines so far; may lag by what is in flight.</summary>
    public IReadOnlyList<StageCounts> Lines()
    {
        if (_shown is { } shown) return shown;
        if (_parts.Length > 0) return StageCounts.Sum([_before, .. _parts.Select(part => part.Lines())]);
        IReadOnlyList<StageCounts> now = _counts is { } counts && _graph is { } graph ? counts.Lines(graph) : [];
        return _before.Count == 0 ? now : StageCounts.Sum([_before, now]);
    }

    /// <summary>Everything that was counted is committed: the path that comes next begins to count from nothing.</summary>
    public void Settle()
    {
        _before = Lines();
        (_graph, _counts) = (null, null);
    }

    /// <summary>A meter for one of several paths; this one adds them up.</summary>
    public PathMeter Part()
    {
        var part = new PathMeter();
        _parts = [.. _parts, part];
        return part;
    }

    /// <summary>Takes in what the parts counted and lets go of them.</summary>
    public void Close()
    {
        Interlocked.Add(ref _bytesRead, _parts.Sum(part => part.BytesRead));
        Interlocked.Add(ref _rowsWritten, _parts.Sum(part => part.RowsWritten));
        _parts = [];
    }

    /// <summary>Where the counts stand, to go back to when what follows is given up.</summary>
    public (long BytesRead, long RowsWritten) Mark() => (BytesRead, RowsWritten);

    /// <summary>Forgets what was read and written since: it will be read again, and must not count twice.</summary>
    public void GoBack((long BytesRead, long RowsWritten) mark)
    {
        Interlocked.Exchange(ref _bytesRead, mark.BytesRead);
        Interlocked.Exchange(ref _rowsWritten, mark.RowsWritten);
    }

    /// <summary>Shows the lines that a path in another process has told; its counts are told by <see cref="GoBack"/>.</summary>
    public void Show(IReadOnlyList<StageCounts> lines) => _shown = lines;

    internal void Read(long bytes) => Interlocked.Add(ref _bytesRead, bytes);

    internal void Wrote(long rows) => Interlocked.Add(ref _rowsWritten, rows);

    internal void Watch(BoundGraph graph, LedgerCounters counts) => (_graph, _counts) = (graph, counts);
}
