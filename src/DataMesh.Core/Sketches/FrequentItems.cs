using System.Text;

namespace DataMesh.Core.Sketches;

/// <summary>
/// The most frequent byte strings. Counts are exact until more than <c>capacity</c> different items were seen; then all counts are lowered by their median
/// and the items at zero forgotten (Misra and Gries, with the purge of Anderson et al., "A high-performance algorithm for identifying frequent items", 2017).
/// A count then lies below the true one by at most <see cref="Error"/>, itself at most <c>2 × total / capacity</c>.
/// </summary>
public sealed class FrequentItems
{
    private const byte Version = 1;
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>A sketch of at most <paramref name="capacity"/> items.</summary>
    public FrequentItems(int capacity = 1024)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        Capacity = capacity;
    }

    /// <summary>Most items kept.</summary>
    public int Capacity { get; }

    /// <summary>How far a count can lie below the true one.</summary>
    public long Error { get; private set; }

    /// <summary>Whether every count is exact and no item was forgotten.</summary>
    public bool IsExact => Error == 0;

    /// <summary>Items kept.</summary>
    public int Count => _counts.Count;

    /// <summary>Adds an item <paramref name="times"/> times. Meant for values already counted per dictionary code, not for every row.</summary>
    public void Add(ReadOnlySpan<byte> item, long times = 1) => Add(Encoding.Latin1.GetString(item), times);

    /// <summary>Adds what another has seen.</summary>
    public void Merge(FrequentItems other)
    {
        foreach (var (item, times) in other._counts) Add(item, times);
        Error += other.Error;
    }

    /// <summary>The most frequent items, the most frequent first, equals by their bytes.</summary>
    public IReadOnlyList<FrequentItem> Top(int count) =>
    [
        .. _counts.OrderByDescending(each => each.Value).ThenBy(each => each.Key, StringComparer.Ordinal).Take(count)
            .Select(each => new FrequentItem(Encoding.Latin1.GetBytes(each.Key), each.Value)),
    ];

    /// <summary>The byte form.</summary>
    public byte[] ToBytes()
    {
        var writer = new SketchWriter(Version);
        writer.Int64(Capacity);
        writer.Int64(Error);
        writer.Int64(_counts.Count);
        foreach (var item in Top(int.MaxValue))
        {
            writer.Bytes(item.Value);
            writer.Int64(item.Count);
        }

        return writer.ToArray();
    }

    /// <summary>Reads the byte form.</summary>
    public static FrequentItems FromBytes(ReadOnlySpan<byte> bytes)
    {
        var reader = new SketchReader(bytes, Version);
        var capacity = reader.Int64();
        if (capacity is < 2 or > int.MaxValue) throw new FormatException($"{capacity} is no capacity.");
        var sketch = new FrequentItems((int)capacity) { Error = reader.Int64() };
        for (var count = reader.Count(16); count > 0; count--)
        {
            var item = reader.Bytes();
            sketch.Add(item, reader.Int64());
        }

        return sketch;
    }

    /// <summary>Latin-1 maps bytes to characters one to one, so any bytes survive and sort as bytes.</summary>
    private void Add(string item, long times)
    {
        _counts[item] = _counts.GetValueOrDefault(item) + times;
        if (_counts.Count > Capacity) Purge();
    }

    private void Purge()
    {
        var counts = _counts.Values.Order().ToArray();
        var median = counts[counts.Length / 2];
        Error += median;
        foreach (var (item, times) in _counts.ToArray())
        {
            if (times <= median) _counts.Remove(item);
            else _counts[item] = times - median;
        }
    }
}

/// <summary>An item with its count.</summary>
/// <param name="Value">The item's bytes.</param>
/// <param name="Count">How often it was seen; too low by at most the sketch's error.</param>
public sealed record FrequentItem(byte[] Value, long Count);
