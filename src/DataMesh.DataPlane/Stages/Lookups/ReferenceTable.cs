using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Core.Keys;

namespace DataMesh.DataPlane.Stages.Lookups;

/// <summary>Reference rows by key. Built once; then any number of cores look up. Rows with a null in the key are left out: null equals nothing.</summary>
internal sealed class ReferenceTable
{
    private readonly HashTable128 _keys = new();
    private readonly List<int> _first = [];
    private readonly List<int> _last = [];
    private readonly int[] _next;

    /// <summary>Builds the table over the key columns of a batch.</summary>
    public ReferenceTable(RecordBatch rows, int[] keys, ManyMatches many)
    {
        _next = new int[rows.Length];
        var columns = Array.ConvertAll(keys, key => rows[key]);
        var hashes = new RowHashes(keys.Length).Of(columns, rows.Length);
        for (var row = 0; row < rows.Length; row++)
        {
            _next[row] = -1;
            if (!HasNull(columns, row)) Add(hashes[row], row, rows, keys, many);
        }
    }

    /// <summary>The first row with a key, or -1.</summary>
    public int Find(in Hash128 key)
    {
        var id = _keys.Find(key);
        return id < 0 ? -1 : _first[id];
    }

    /// <summary>The next row with the same key, or -1.</summary>
    public int Next(int row) => _next[row];

    /// <summary>Whether a part of a row's key is null.</summary>
    public static bool HasNull(Column[] keys, int row)
    {
        foreach (var key in keys)
            if (key.IsNull(row)) return true;
        return false;
    }

    private void Add(in Hash128 hash, int row, RecordBatch rows, int[] keys, ManyMatches many)
    {
        var id = _keys.Find(hash);
        if (id < 0)
        {
            _keys.Add(hash);
            _first.Add(row);
            _last.Add(row);
        }
        else if (many == ManyMatches.All)
        {
            _next[_last[id]] = row;
            _last[id] = row;
        }
        else if (many == ManyMatches.Fail)
        {
            var key = string.Join(", ", keys.Select(at => $"{rows.Schema[at].Name} = {ValueText.Format(rows[at], row)}"));
            throw new DataMeshException($"The reference data hold the key {key} more than once.", hint: "many: first takes the first of them, many: all gives a row for each");
        }
    }
}
