namespace DataMesh.Runtime.Commit;

/// <summary>Row numbers of a part, kept as ranges: ascending, apart from each other.</summary>
public sealed class RowSet
{
    private readonly SortedDictionary<long, long> _ends = [];

    /// <summary>How many rows are in it.</summary>
    public long Count { get; private set; }

    /// <summary>The rows as ranges.</summary>
    public IReadOnlyList<RowRange> Ranges => [.. _ends.Select(each => new RowRange(each.Key, each.Value - each.Key))];

    /// <summary>Whether a row is in it.</summary>
    public bool Contains(long row)
    {
        // Few ranges: parts are settled by filters, in runs of rows.
        foreach (var (from, end) in _ends)
        {
            if (row < from) return false;
            if (row < end) return true;
        }

        return false;
    }

    /// <summary>Adds rows; returns how many of them were in it already.</summary>
    public long Add(RowRange range)
    {
        var (from, end) = (range.From, range.From + range.Count);
        var touching = _ends.Where(each => each.Key <= end && each.Value >= from).ToList();
        var known = touching.Sum(each => Math.Max(0, Math.Min(each.Value, end) - Math.Max(each.Key, from)));
        foreach (var each in touching)
        {
            _ends.Remove(each.Key);
            (from, end) = (Math.Min(from, each.Key), Math.Max(end, each.Value));
        }

        _ends[from] = end;
        Count += range.Count - known;
        return known;
    }
}
