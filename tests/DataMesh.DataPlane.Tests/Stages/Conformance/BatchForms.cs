using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Tests.Stages.Conformance;

/// <summary>The same rows in other forms.</summary>
internal static class BatchForms
{
    /// <summary>A batch in which everything is null.</summary>
    public static RecordBatch AllNull(Schema schema, int rows) => new(schema, [.. schema.Select(field => Column.Nulls(field.Type, rows))], rows);

    /// <summary>The batch with every column of variable length dictionary-encoded. Takes ownership.</summary>
    public static RecordBatch Encode(RecordBatch batch)
    {
        using (batch)
            return new RecordBatch(batch.Schema, [.. batch.Columns.Select(column => column is VarColumn text ? Encode(text) : column.Share())], batch.Length);
    }

    /// <summary>One batch per row. Takes ownership.</summary>
    public static IReadOnlyList<RecordBatch> SplitRows(RecordBatch batch)
    {
        using (batch)
            return [.. Enumerable.Range(0, batch.Length).Select(row => batch.Take([row]))];
    }

    /// <summary>The batch with only some columns (the first one when none); null means all. The input stays the caller's.</summary>
    public static RecordBatch Narrow(RecordBatch batch, IReadOnlySet<string>? names)
    {
        int[] indices = [.. Enumerable.Range(0, batch.Schema.Count).Where(i => names?.Contains(batch.Schema[i].Name) ?? true)];
        if (indices.Length == 0) indices = [0];
        return batch.Project(new Schema(indices.Select(i => batch.Schema[i])), indices);
    }

    private static VarColumn Encode(VarColumn column)
    {
        var dictionary = new ValueDictionary();
        var codes = PooledBuffer.Rent<int>(column.Length);
        for (var row = 0; row < column.Length; row++) codes.As<int>()[row] = column.IsNull(row) ? 0 : dictionary.Add(column[row]);
        return new VarColumn(column.Type, codes, dictionary, column.Length, column.Validity?.Clone());
    }
}
