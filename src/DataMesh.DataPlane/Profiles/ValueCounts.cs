using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Profiles;

/// <summary>
/// Exact counts per value, until there are too many different ones or they are too long: then it knows nothing. (Approximate counts would depend on the order
/// of rows.)
/// </summary>
internal sealed class ValueCounts
{
    private const int ValuesMax = 16_384;
    private const int BytesMax = 4 << 20;
    private ValueDictionary? _values = new();
    private long[] _counts = new long[16];

    /// <summary>Whether it gave up.</summary>
    public bool IsFull => _values is null;

    /// <summary>Memory held, in bytes.</summary>
    public long ByteSize => _values is null ? 0 : _values.DataLength + _values.Count * 20L + _counts.Length * 8L;

    /// <summary>Counts a value.</summary>
    public void Add(ReadOnlySpan<byte> value, long times)
    {
        if (_values is null) return;
        var code = _values.Add(value);
        if (code >= _counts.Length) Array.Resize(ref _counts, _counts.Length * 2);
        _counts[code] += times;
        if (_values.Count > ValuesMax + 1 || _values.DataLength > BytesMax) GiveUp();
    }

    /// <summary>Takes in another's counts.</summary>
    public void Merge(ValueCounts other)
    {
        if (other._values is null) GiveUp();
        else
            for (var code = 0; code < other._values.Count; code++)
                if (other._counts[code] > 0) Add(other._values[code], other._counts[code]);
    }

    /// <summary>The most frequent values, the most frequent first, equals by their bytes.</summary>
    public IEnumerable<(byte[] Value, long Count)> Top(int count)
    {
        if (_values is null) return [];
        var codes = Enumerable.Range(0, _values.Count).Where(code => _counts[code] > 0).ToArray();
        Array.Sort(codes, (a, b) => _counts[a] != _counts[b] ? _counts[b].CompareTo(_counts[a]) : _values[a].SequenceCompareTo(_values[b]));
        return codes.Take(count).Select(code => (_values[code].ToArray(), _counts[code]));
    }

    private void GiveUp()
    {
        _values = null;
        _counts = [];
    }
}
