using DataMesh.Core.Columns;

namespace DataMesh.Core.Keys;

/// <summary>
/// Remembers, per dictionary met in the batches, a number for each of its codes, and extends it as the dictionary grows. A decoder keeps one dictionary per
/// column, so few are alive at a time; the one used longest ago is forgotten.
/// </summary>
public sealed class DictionaryCodes<T> where T : unmanaged
{
    private const int DictionariesMax = 8;
    private readonly List<Entry> _entries = [];

    /// <summary>The numbers of a dictionary's codes; those that are new since last time are made by <paramref name="make"/>.</summary>
    public ReadOnlySpan<T> For(ValueDictionary dictionary, Func<ReadOnlySpan<byte>, T> make)
    {
        var at = _entries.FindIndex(each => ReferenceEquals(each.Dictionary, dictionary));
        var entry = at < 0 ? new Entry(dictionary) : _entries[at];
        if (at != 0)
        {
            if (at > 0) _entries.RemoveAt(at);
            if (_entries.Count == DictionariesMax) _entries.RemoveAt(DictionariesMax - 1);
            _entries.Insert(0, entry);
        }

        var count = dictionary.Count;
        if (count > entry.Values.Length) Array.Resize(ref entry.Values, Math.Max(count, entry.Values.Length * 2));
        for (; entry.Count < count; entry.Count++) entry.Values[entry.Count] = make(dictionary[entry.Count]);
        return entry.Values.AsSpan(0, count);
    }

    private sealed class Entry(ValueDictionary dictionary)
    {
        public readonly ValueDictionary Dictionary = dictionary;
        public T[] Values = [];
        public int Count;
    }
}
