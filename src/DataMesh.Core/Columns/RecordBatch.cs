namespace DataMesh.Core.Columns;

/// <summary>
/// Rows as typed columns: the only thing that moves between stages. A batch has one owner at a time, who passes it on or disposes it.
/// The batch owns one count of each of its columns.
/// </summary>
public sealed class RecordBatch : IDisposable
{
    private readonly Column[] _columns;

    /// <summary>Takes ownership of the columns, all <paramref name="length"/> long and typed as the schema says.</summary>
    public RecordBatch(Schema schema, Column[] columns, int length, RowOrigin? origin = null)
    {
        if (columns.Length != schema.Count) throw new ArgumentException($"{columns.Length} columns for a schema of {schema.Count}.");
        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i].Length != length) throw new ArgumentException($"Column '{schema[i].Name}' has {columns[i].Length} rows, the batch {length}.");
            if (columns[i].Type != schema[i].Type) throw new ArgumentException($"Column '{schema[i].Name}' is {columns[i].Type}, the schema says {schema[i].Type}.");
        }

        Schema = schema;
        _columns = columns;
        Length = length;
        Origin = origin;
    }

    /// <summary>Names and types of the columns.</summary>
    public Schema Schema { get; }

    /// <summary>Number of rows.</summary>
    public int Length { get; }

    /// <summary>Where the rows came from; null when nobody needs it or it no longer means one source record.</summary>
    public RowOrigin? Origin { get; private set; }

    /// <summary>The columns in schema order. They stay owned by the batch: share one to keep it.</summary>
    public IReadOnlyList<Column> Columns => _columns;

    /// <summary>The column at <paramref name="index"/>.</summary>
    public Column this[int index] => _columns[index];

    /// <summary>The column named <paramref name="name"/>.</summary>
    public Column this[string name] => _columns[Schema.Require(name)];

    /// <summary>Bytes of column memory held.</summary>
    public long ByteSize
    {
        get
        {
            var bytes = 0L;
            foreach (var column in _columns) bytes += column.ByteSize;
            return bytes;
        }
    }

    /// <summary>A new batch (a new owner of its columns) with the rows at <paramref name="rows"/>. This one stays as it is.</summary>
    public RecordBatch Take(ReadOnlySpan<int> rows)
    {
        var taken = new Column[_columns.Length];
        for (var i = 0; i < taken.Length; i++) taken[i] = _columns[i].Take(rows);
        return new RecordBatch(Schema, taken, rows.Length, Origin?.Take(rows));
    }

    /// <summary>A new batch that shares this one's columns at <paramref name="indices"/> under <paramref name="schema"/> (so it can select, drop, reorder and rename).</summary>
    public RecordBatch Project(Schema schema, ReadOnlySpan<int> indices)
    {
        var picked = new Column[indices.Length];
        for (var i = 0; i < picked.Length; i++) picked[i] = _columns[indices[i]].Share();
        return new RecordBatch(schema, picked, Length, Origin?.Share());
    }

    /// <summary>A new batch that shares this one's columns and memory.</summary>
    public RecordBatch Share()
    {
        foreach (var column in _columns) column.Share();
        return new RecordBatch(Schema, _columns, Length, Origin?.Share());
    }

    /// <summary>Lets go of the source bytes when no later stage can fail a row.</summary>
    public void DropOrigin()
    {
        Origin?.Dispose();
        Origin = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var column in _columns) column.Dispose();
        DropOrigin();
    }
}
