using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages;

/// <summary>What tests of keyed and merging stages share: inputs cut into batches, dictionary-encoded, run on any number of workers.</summary>
internal static class MergingTest
{
    /// <summary>Cuts a batch into batches of so many rows; the batch stays the caller's.</summary>
    public static RecordBatch[] Cut(RecordBatch batch, int rows) =>
    [
        .. Enumerable.Range(0, (batch.Length + rows - 1) / rows)
            .Select(i => batch.Take([.. Enumerable.Range(i * rows, Math.Min(rows, batch.Length - i * rows))])),
    ];

    /// <summary>The batch with its strings dictionary-encoded by <paramref name="dictionaries"/>, one per column, which grow.</summary>
    public static RecordBatch Encode(RecordBatch batch, ValueDictionary[] dictionaries)
    {
        using (batch)
            return new RecordBatch(batch.Schema, [.. batch.Columns.Select((column, i) => Encode(column, dictionaries[i]))], batch.Length);
    }

    /// <summary>Dictionaries for the columns of a schema.</summary>
    public static ValueDictionary[] DictionariesOf(Schema schema) => [.. schema.Select(_ => new ValueDictionary())];

    /// <summary>Rows of a run over batches of <paramref name="rows"/> rows on <paramref name="workers"/> workers; strings flat or by one dictionary per worker.</summary>
    public static IReadOnlyList<string> Run(Stage stage, RecordBatch input, int rows, int workers, bool encoded)
    {
        var dictionaries = Enumerable.Range(0, workers).Select(_ => DictionariesOf(input.Schema)).ToArray();
        var batches = Cut(input, rows);
        if (encoded) batches = [.. batches.Select((batch, i) => Encode(batch, dictionaries[i % workers]))];
        using var result = StageRunner.Run(stage, batches, workers: workers);
        return result.Rows();
    }

    private static Column Encode(Column column, ValueDictionary dictionary)
    {
        if (column is not VarColumn values) return column.Share();
        var codes = PooledBuffer.Rent<int>(column.Length);
        for (var row = 0; row < column.Length; row++) codes.As<int>()[row] = column.IsNull(row) ? 0 : dictionary.Add(values[row]);
        return new VarColumn(column.Type, codes, dictionary, column.Length, column.Validity?.Clone());
    }
}
