using DataMesh.Core.Columns;

namespace DataMesh.Formats.Csv;

/// <summary>Remembers which rows of the batch under way are null.</summary>
internal sealed class RowNulls
{
    private ulong[] _words = new ulong[64];
    private int _used;

    /// <summary>The 64 rows from <paramref name="row"/> on are null where the bits say so.</summary>
    public void Add(int row, ulong nulls)
    {
        var (word, shift) = (row >> 6, row & 63);
        if (word + 2 > _words.Length) Array.Resize(ref _words, (word + 2) * 2);
        _words[word] |= nulls << shift;
        if (shift != 0) _words[word + 1] |= nulls >> (64 - shift);
        _used = Math.Max(_used, word + 2);
    }

    /// <summary>Row <paramref name="row"/> is null.</summary>
    public void Add(int row)
    {
        var word = row >> 6;
        if (word >= _words.Length) Array.Resize(ref _words, Math.Max(word + 1, _words.Length * 2));
        _words[word] |= 1UL << (row & 63);
        _used = Math.Max(_used, word + 1);
    }

    /// <summary>The validity of the first <paramref name="rows"/> rows, null when none is null, and a fresh start.</summary>
    public Bitmap? Take(int rows)
    {
        if (_used == 0) return null;
        var validity = Bitmap.Uninitialised(rows);
        var words = validity.Words;
        for (var i = 0; i < words.Length; i++) words[i] = i < _used ? ~_words[i] : ulong.MaxValue;
        validity.ClearTail();
        Clear();
        return validity;
    }

    /// <summary>A fresh start.</summary>
    public void Clear()
    {
        Array.Clear(_words, 0, _used);
        _used = 0;
    }
}
