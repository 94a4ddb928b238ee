using DataMesh.Core;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Reading;

/// <summary>Reads some columns of one row group side by side.</summary>
internal sealed class RowGroupReader : IDisposable
{
    private readonly List<ColumnReader> _readers = [];

    public RowGroupReader(ParquetFile file, int rowGroup, IReadOnlyList<int> columns)
    {
        var group = file.RowGroup(rowGroup);
        var bytes = 0L;
        try
        {
            foreach (var index in columns)
            {
                var column = file.Columns[index];
                _readers.Add(Open(file, rowGroup, column));
                bytes += column.Node.Leaves.Sum(leaf => Math.Max(0, group.Columns[leaf.Leaf].UncompressedSize)) + group.Rows;
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        // Dictionary codes unfold to more than their bytes in the file; 4 is a usual factor and only steers the size of batches.
        var bytesPerRow = Math.Max(1, bytes * 4 / Math.Max(1, group.Rows));
        RowsPerBatch = (int)Math.Clamp(4 * Limits.BatchBytesMax / bytesPerRow, 64, Limits.BatchRowsMax);
    }

    /// <summary>Rows that make a batch of good size.</summary>
    public int RowsPerBatch { get; }

    public Column[] Read(int rows)
    {
        var columns = new Column[_readers.Count];
        for (var i = 0; i < columns.Length; i++) columns[i] = _readers[i].Read(rows);
        return columns;
    }

    /// <summary>
    /// Reads several batches, one column after the other, so that only one column's page is in memory besides the result.
    /// <paramref name="isLast"/>: nothing is read afterwards, and what a column needed is let go of at once.
    /// </summary>
    public Column[][] Read(IReadOnlyList<int> batches, bool isLast)
    {
        var parts = batches.Select(_ => new Column[_readers.Count]).ToArray();
        for (var i = 0; i < _readers.Count; i++)
        {
            for (var batch = 0; batch < parts.Length; batch++) parts[batch][i] = _readers[i].Read(batches[batch]);
            if (isLast) _readers[i].Dispose();
        }

        if (isLast) _readers.Clear();
        return parts;
    }

    public void Skip(long rows)
    {
        if (rows <= 0) return;
        foreach (var reader in _readers) reader.Skip(rows);
    }

    public void Dispose()
    {
        foreach (var reader in _readers) reader.Dispose();
    }

    private static ColumnReader Open(ParquetFile file, int rowGroup, FileColumn column)
    {
        if (column.Node.Leaf >= 0 && !column.Node.IsRepeated)
            return new FlatColumnReader(file.OpenChunk(rowGroup, column.Node), column.Field.Type, column.Node.Definition);
        return new JsonColumnReader(column.Node, Cursors(file, rowGroup, column.Node));
    }

    /// <summary>Cursors for the leaves below a node, by leaf number; the others stay null.</summary>
    public static LeafCursor?[] Cursors(ParquetFile file, int rowGroup, SchemaNode node)
    {
        var cursors = new LeafCursor?[file.RowGroup(rowGroup).Columns.Count];
        foreach (var leaf in node.Leaves) cursors[leaf.Leaf] = new LeafCursor(file.OpenChunk(rowGroup, leaf), leaf);
        return cursors;
    }
}
