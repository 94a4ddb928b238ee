using DataMesh.Core.Keys;
using DataMesh.Formats.Delta;

namespace DataMesh.Connectors.Datasets.Merging;

/// <summary>The keys of an epoch: of the rows that it brings, and of the rows that it deletes. Each key stands in it once.</summary>
internal sealed class StagedKeys
{
    private readonly HashTable128 _table = new();
    private bool[] _matched = [];
    private int _upserts;

    /// <summary>Rows of the epoch that found one to replace.</summary>
    public long Updated { get; private set; }

    /// <summary>Keys to delete that were found.</summary>
    public long Deleted { get; private set; }

    /// <summary>Reads the keys from the staged files.</summary>
    public static StagedKeys Read(KeyReader reader, IReadOnlyList<AddFile> upserts, IReadOnlyList<AddFile> deletions, CancellationToken cancellation)
    {
        var keys = new StagedKeys();
        foreach (var file in upserts) reader.Read(file, keys.Add, cancellation);
        keys._upserts = keys._table.Count;
        foreach (var file in deletions) reader.ReadDeletions(file, keys.Add, cancellation);
        keys._matched = new bool[keys._table.Count];
        return keys;
    }

    /// <summary>Whether a live row gives way.</summary>
    public bool Matches(in Hash128 hash)
    {
        var id = _table.Find(hash);
        if (id < 0) return false;
        if (_matched[id]) return true;
        _matched[id] = true;
        if (id < _upserts) Updated++;
        else Deleted++;
        return true;
    }

    /// <summary>Forgets what was found, to look again in a newer version.</summary>
    public void Forget()
    {
        Array.Clear(_matched);
        (Updated, Deleted) = (0, 0);
    }

    private void Add(ReadOnlySpan<Hash128> hashes)
    {
        foreach (ref readonly var hash in hashes)
            if (_table.Find(hash) < 0) _table.Add(hash);
    }
}
