using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Groups;

/// <summary>
/// The splits of a run that still have something to read: hands them out in their order, one at a time, to whichever instance asks, and can go back to where
/// the epoch began. Not thread-safe.
/// </summary>
internal sealed class SplitPool(IReadOnlyList<PendingSplit> pending)
{
    private readonly Dictionary<(int Source, string Split), int> _held = [];
    private readonly PriorityQueue<PendingSplit, int> _returned = new();
    private readonly Dictionary<int, PendingSplit> _atEpochStart = [];
    private int _next;
    private int _nextAtEpochStart;

    /// <summary>All splits of the run, in order.</summary>
    public IReadOnlyList<PendingSplit> Pending => pending;

    /// <summary>Bytes of all splits that are still to be read.</summary>
    public long TotalBytes { get; } = pending.Sum(each => each.BytesLeft);

    /// <summary>Whether every split was handed out.</summary>
    public bool IsEmpty => _returned.Count == 0 && _next >= pending.Count;

    /// <summary>Whether a split was handed out and is not finished.</summary>
    public bool IsHeld(int source, string split) => _held.ContainsKey((source, split));

    /// <summary>Hands the next split out, with its place among the splits of the run.</summary>
    public (PendingSplit Split, int Order)? Take()
    {
        if (!_returned.TryDequeue(out var split, out var order))
        {
            if (_next >= pending.Count) return null;
            (split, order) = (pending[_next], _next++);
        }

        _held[(split.Source, split.Split.Id)] = order;
        return (split, order);
    }

    /// <summary>The places of the splits before one that were handed out and are not finished.</summary>
    public IReadOnlyList<int> Before(int order) => [.. _held.Values.Where(held => held < order)];

    /// <summary>A split was read to its end.</summary>
    public void Finish(FinishedSplit split) => _held.Remove((split.Source, split.Split));

    /// <summary>An epoch begins: splits are held by instances at these positions.</summary>
    public void BeginEpoch(IReadOnlyList<SourceSplit> held)
    {
        _atEpochStart.Clear();
        foreach (var (split, order) in _returned.UnorderedItems) _atEpochStart[order] = split;
        foreach (var (source, split) in held)
        {
            var order = _held[(source, split.Position.Split)];
            _atEpochStart[order] = pending[order].At(split.Position.To);
        }

        _nextAtEpochStart = _next;
    }

    /// <summary>Goes back to the beginning of the epoch: nothing is held any more.</summary>
    public void Rewind()
    {
        _held.Clear();
        _returned.Clear();
        foreach (var (order, split) in _atEpochStart) _returned.Enqueue(split, order);
        _next = _nextAtEpochStart;
    }
}
