using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Flow;

/// <summary>
/// Columns that the head of a split does not show, and that its rows may still have: when all rows have passed, those without a single value are missing.
/// Asked by every core for every batch; a column that was seen once is not looked at again.
/// </summary>
public sealed class SoughtColumns(IReadOnlyList<JudgedColumn> columns)
{
    private readonly bool[] _seen = new bool[columns.Count];

    /// <summary>The columns of which no value was seen.</summary>
    public IReadOnlyList<string> Missing => [.. columns.Where((_, i) => !Volatile.Read(ref _seen[i])).Select(column => column.Name)];

    /// <summary>Rows pass.</summary>
    public void Look(RecordBatch batch)
    {
        for (var i = 0; i < _seen.Length; i++)
        {
            if (!Volatile.Read(ref _seen[i]) && batch[columns[i].Index].NullCount < batch.Length) Volatile.Write(ref _seen[i], true);
        }
    }

    /// <summary>A record that is no row had a value in a column.</summary>
    public void Saw(string name)
    {
        for (var i = 0; i < _seen.Length; i++)
        {
            if (columns[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase)) Volatile.Write(ref _seen[i], true);
        }
    }
}
