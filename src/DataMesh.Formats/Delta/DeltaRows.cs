using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Formats.Parquet;

namespace DataMesh.Formats.Delta;

/// <summary>
/// The rows of a table at one version, file after file. Columns come under their display names; partition columns come from the log, and
/// columns that a file lacks are null. One batch is in memory at a time: the caller disposes it before asking for the next.
/// </summary>
public static class DeltaRows
{
    /// <summary>Reads rows as batches of <see cref="DeltaSnapshot.Schema"/>, at most <paramref name="rowsMax"/> of them.</summary>
    public static IEnumerable<RecordBatch> Read(DeltaSnapshot snapshot, long rowsMax = long.MaxValue)
    {
        var left = rowsMax;
        foreach (var file in snapshot.Files)
        {
            if (left <= 0) yield break;
            foreach (var batch in ReadFile(snapshot, file, left))
            {
                left -= batch.Length;
                yield return batch;
            }
        }
    }

    /// <summary>Reads rows of one live file.</summary>
    public static IEnumerable<RecordBatch> ReadFile(DeltaSnapshot snapshot, AddFile file, long rowsMax = long.MaxValue) =>
        ReadFile(snapshot.Path, snapshot.Metadata, file, snapshot.Schema, rowsMax);

    /// <summary>Reads some columns of one file that a table of these columns holds, or could.</summary>
    /// <param name="table">Folder of the table.</param>
    /// <param name="metadata">Its metadata.</param>
    /// <param name="file">The file.</param>
    /// <param name="columns">The columns to read, a part of the table's.</param>
    /// <param name="rowsMax">How many rows at most.</param>
    public static IEnumerable<RecordBatch> ReadFile(string table, TableMetadata metadata, AddFile file, Schema columns, long rowsMax = long.MaxValue)
    {
        using var parquet = Open(table, file);
        var plan = new FileRows(metadata, columns, file, parquet);
        var left = rowsMax;
        for (var group = 0; group < parquet.RowGroupRows.Count && left > 0; group++)
        {
            var rows = Math.Min(left, parquet.RowGroupRows[group]);
            left -= rows;
            foreach (var batch in plan.Read(group, rows)) yield return batch;
        }
    }

    private static ParquetFile Open(string table, AddFile file)
    {
        var path = DeltaPath.Resolve(table, file.Path);
        try
        {
            return ParquetFile.Open(path);
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataMeshException($"A data file of '{table}' is gone.", new Location(path), "the table's log names it",
                "it was deleted from outside, or this version is older than the last clean-up's retention", cause);
        }
    }

    /// <summary>Where each column of the table comes from in one file.</summary>
    private sealed class FileRows
    {
        private readonly Schema _schema;
        private readonly ParquetFile _parquet;
        private readonly List<int> _stored = [];
        private readonly int[] _from;
        private readonly string?[] _constants;

        public FileRows(TableMetadata metadata, Schema schema, AddFile file, ParquetFile parquet)
        {
            (_schema, _parquet) = (schema, parquet);
            _from = new int[_schema.Count];
            _constants = new string?[_schema.Count];
            foreach (var (field, physicalName) in metadata.Schema.Columns())
            {
                if (_schema.IndexOf(field.Name) is not (>= 0 and var i)) continue;
                _from[i] = -1;
                // A partition column is the log's, also where a file holds it too.
                if (metadata.PartitionColumns.Contains(field.Name, StringComparer.OrdinalIgnoreCase)) _constants[i] = file.PartitionValues.GetValueOrDefault(physicalName);
                else if (parquet.Schema.IndexOf(physicalName) is >= 0 and var at) _from[i] = Store(at);
            }
        }

        public IEnumerable<RecordBatch> Read(int group, long rows)
        {
            if (_stored.Count > 0)
            {
                foreach (var batch in _parquet.Read(group, _stored, 0, rows))
                {
                    using (batch) yield return Arrange(batch, batch.Length);
                }

                yield break;
            }

            for (; rows > 0; rows -= Math.Min(rows, Limits.BatchRowsMax)) yield return Arrange(null, (int)Math.Min(rows, Limits.BatchRowsMax));
        }

        private int Store(int column)
        {
            _stored.Add(column);
            return _stored.Count - 1;
        }

        private RecordBatch Arrange(RecordBatch? stored, int rows)
        {
            var columns = new Column[_schema.Count];
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i] = _from[i] >= 0
                    ? StoredColumn.As(stored![_from[i]], _schema[i], _parquet.Path)
                    : PartitionValue.Repeat(_constants[i], _schema[i].Type, rows);
            }

            return new RecordBatch(_schema, columns, rows);
        }
    }
}
