using DataMesh.Core.Columns;
using DataMesh.Formats.Parquet;

namespace DataMesh.Formats.Tests.Parquet;

/// <summary>Batches and files for the Parquet tests.</summary>
internal static class ParquetTestData
{
    /// <summary>A column of boxed values, null for null.</summary>
    public static Column Column(DataType type, IEnumerable<object?> values)
    {
        var builder = new ColumnBuilder(type);
        foreach (var value in values) builder.AppendObject(value);
        return builder.Build();
    }

    /// <summary>A dictionary-encoded string column.</summary>
    public static Column Coded(DataType type, ValueDictionary dictionary, IEnumerable<string?> values)
    {
        var list = values.ToList();
        var codes = PooledBuffer.Rent<int>(list.Count);
        var validity = list.Contains(null) ? Bitmap.Zeros(list.Count) : null;
        for (var i = 0; i < list.Count; i++)
        {
            codes.As<int>()[i] = list[i] is { } text ? dictionary.Add(System.Text.Encoding.UTF8.GetBytes(text)) : 0;
            if (validity is not null && list[i] is not null) validity[i] = true;
        }

        return new VarColumn(type, codes, dictionary, list.Count, validity);
    }

    public static RecordBatch Batch(params (string Name, Column Column)[] columns) => new(
        new Schema(columns.Select(each => new Field(each.Name, each.Column.Type))), [.. columns.Select(each => each.Column)], columns[0].Column.Length);

    /// <summary>Writes each list of batches as one row group.</summary>
    public static ParquetFileFacts Write(string path, Schema schema, IEnumerable<IReadOnlyList<RecordBatch>> rowGroups, ParquetWriteOptions? options = null)
    {
        var fileSchema = ParquetSchema.From(schema);
        var encoder = new RowGroupEncoder(fileSchema, options);
        using var stream = File.Create(path);
        var writer = new ParquetFileWriter(stream, fileSchema);
        foreach (var batches in rowGroups)
        {
            using var group = encoder.Encode(batches);
            writer.Append(group);
        }

        var facts = writer.Finish();
        Assert.Equal(stream.Length, facts.Bytes);
        return facts;
    }

    public static ParquetFileFacts Write(string path, params RecordBatch[] batches) => Write(path, batches[0].Schema, [batches]);

    /// <summary>The values of each row.</summary>
    public static IEnumerable<string> Texts(RecordBatch batch)
    {
        for (var row = 0; row < batch.Length; row++) yield return string.Join("|", batch.Columns.Select(column => ValueText.Format(column, row) ?? "∅"));
    }
}
