using DataMesh.Core.Columns;
using DataMesh.Core.Keys;
using DataMesh.Formats.Delta;

namespace DataMesh.Connectors.Datasets.Merging;

/// <summary>Reads the keys of data files as hashes: only the key columns are taken from disk.</summary>
internal sealed class KeyReader(string table, TableMetadata metadata, IReadOnlyList<string> key)
{
    private readonly Schema _columns = KeyColumns(metadata, key);
    private readonly RowHashes _hashes = new(key.Count);

    /// <summary>A look at the hashes of consecutive rows.</summary>
    public delegate void Look(ReadOnlySpan<Hash128> hashes);

    /// <summary>The key columns of a table in the order of the key.</summary>
    public static Schema KeyColumns(TableMetadata metadata, IReadOnlyList<string> key)
    {
        var all = metadata.Schema.ToSchema();
        return new Schema(key.Select(name => all[all.Require(name)]));
    }

    /// <summary>Whether the table has every key column: without one, no row of it can have a whole key.</summary>
    public static bool HasKey(TableMetadata metadata, IReadOnlyList<string> key) => key.All(name => metadata.Schema.Find(name) is not null);

    /// <summary>Shows the hashes of a file's rows, in order.</summary>
    public void Read(AddFile file, Look look, CancellationToken cancellation)
    {
        foreach (var batch in DeltaRows.ReadFile(table, metadata, file, _columns))
        {
            using (batch) look(_hashes.Of(batch.Columns.ToArray(), batch.Length));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>
    /// Shows the hashes of keys to delete. Their file holds partition columns as ordinary ones; an empty text in them means null, as it does in the table.
    /// </summary>
    public void ReadDeletions(AddFile file, Look look, CancellationToken cancellation)
    {
        foreach (var batch in DeltaRows.ReadFile(table, metadata with { PartitionColumns = [] }, file, _columns))
        {
            var columns = batch.Columns.Select((column, i) => IsPartition(_columns[i].Name) ? WithoutEmpty(column) : column.Share()).ToArray();
            using (batch) look(_hashes.Of(columns, batch.Length));
            foreach (var column in columns) column.Dispose();
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private bool IsPartition(string name) => metadata.PartitionColumns.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static Column WithoutEmpty(Column column)
    {
        if (column is not VarColumn texts) return column.Share();
        var builder = new ColumnBuilder(column.Type);
        for (var row = 0; row < texts.Length; row++)
        {
            if (texts.IsNull(row) || texts[row].Length == 0) builder.AppendNull();
            else builder.Append(texts[row]);
        }

        return builder.Build();
    }
}
