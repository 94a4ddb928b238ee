using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Writing;

/// <summary>One column of a row group: the columns of consecutive batches, seen as one.</summary>
internal sealed class ColumnParts
{
    private readonly List<Column> _columns = [];
    private readonly List<int> _starts = [];

    public int Count => _columns.Count;

    public int Rows { get; private set; }

    public int NullCount { get; private set; }

    public Column this[int part] => _columns[part];

    public int Start(int part) => _starts[part];

    /// <summary>Takes up column <paramref name="index"/> of all batches.</summary>
    public void Set(IReadOnlyList<RecordBatch> batches, int index)
    {
        Clear();
        foreach (var batch in batches)
        {
            if (batch.Length > 0) Add(batch[index]);
        }
    }

    public void Add(Column column)
    {
        _columns.Add(column);
        _starts.Add(Rows);
        Rows = checked(Rows + column.Length);
        NullCount += column.NullCount;
    }

    public void Clear()
    {
        _columns.Clear();
        _starts.Clear();
        (Rows, NullCount) = (0, 0);
    }

    /// <summary>The part of a row range that lies in part <paramref name="part"/>: rows of that part's column, empty when they do not meet.</summary>
    public (int From, int To) Overlap(int part, int from, int to)
    {
        var start = _starts[part];
        var length = _columns[part].Length;
        var first = Math.Clamp(from - start, 0, length);
        return (first, Math.Clamp(to - start, first, length));
    }

    /// <summary>The part that holds <paramref name="row"/>.</summary>
    public int PartOf(int row)
    {
        var found = _starts.BinarySearch(row);
        return found >= 0 ? found : ~found - 1;
    }
}
