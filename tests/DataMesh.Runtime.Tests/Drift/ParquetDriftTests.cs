using DataMesh.Core.Columns;
using DataMesh.Formats.Parquet;

namespace DataMesh.Runtime.Tests.Drift;

/// <summary>Whole runs over Parquet files: their schemas are exact, they have no lines, and records are told by row number.</summary>
public sealed class ParquetDriftTests : IDisposable
{
    private readonly DriftFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Columns_come_and_go_and_values_that_do_not_fit_are_set_aside()
    {
        Write("1.parquet", new Field("a", DataType.Int64), [1L, 2L]);
        await _folder.DoneAsync();
        Write("2.parquet", new Field("a", DataType.String), ["3", "four"], new Field("b", DataType.Bool), [true, false]);
        await _folder.DoneAsync();
        Assert.Equal(["ColumnAdded b:  > bool @ in/2.parquet:0 Evolve", "TypeChanged a: int64 > string @ in/2.parquet:0 Quarantine"], await _folder.ToldAsync());
        Assert.Equal(4, _folder.Rows().Count + _folder.Bad().Count);
        Assert.All(_folder.Bad(), bad => Assert.Equal(("misfit", "a"), (bad.Reason, bad.Rule)));
        Assert.NotEmpty(_folder.Bad());
    }

    [Fact]
    public async Task Rows_of_a_new_column_can_be_set_aside()
    {
        _folder.Drift = "quarantine";
        Write("1.parquet", new Field("a", DataType.Int64), [1L, 2L]);
        Write("2.parquet", new Field("a", DataType.Int64), [3L, 4L], new Field("b", DataType.Bool), [true, null]);
        await _folder.DoneAsync();
        Assert.Equal(["""{"a":1}""", """{"a":2}""", """{"a":4}"""], _folder.Rows());
        Assert.Equal(("structural_drift", "column_added: b"), (_folder.Bad()[0].Reason, _folder.Bad()[0].Rule));
    }

    [Theory]
    [InlineData("ignore", true)]
    [InlineData("ignore", false)]
    [InlineData("new_column", true)]
    [InlineData("new_column", false)]
    public async Task What_is_not_binary_any_more_goes_where_the_policy_says(string policy, bool inOneRun)
    {
        _folder.Drift = $"{{ overrides: {{ type_changed: {policy} }} }}";
        Write("1.parquet", new Field("a", DataType.Binary), ["xy"u8.ToArray(), null]);
        if (!inOneRun) await _folder.DoneAsync();
        Write("2.parquet", new Field("a", DataType.Int64), [3L, null]);
        Write("3.parquet", new Field("a", DataType.String), ["text"]);
        Write("4.parquet", new Field("a", DataType.Binary), [new byte[] { 255, 0 }]);
        await _folder.DoneAsync();
        Assert.Empty(_folder.Bad());
        var more = policy == "new_column" ? ",\"a__string\":" : null;
        string Row(string a, string text) => $"{{\"a\":{a}{more}{(more is null ? "" : text)}}}";
        string[] rows = [Row("null", "\"3\""), Row("null", "\"text\""), Row("null", "null"), Row("null", "null"), Row("\"/wA=\"", "null"), Row("\"eHk=\"", "null")];
        Assert.Equal(rows.Order(StringComparer.Ordinal), _folder.Rows());
        Assert.Contains(await _folder.ToldAsync(), told => told.StartsWith("TypeChanged a: binary > int64 @ in/2.parquet", StringComparison.Ordinal));
    }

    private void Write(string file, Field first, object?[] values, Field? second = null, object?[]? more = null)
    {
        _folder.AddText(file, "");
        var schema = new Schema(second is null ? [first] : [first, second]);
        using var stream = File.Create(_folder.PathOf(file));
        var parquet = ParquetSchema.From(schema);
        var writer = new ParquetFileWriter(stream, parquet);
        using var batch = new RecordBatch(schema, second is null ? [Column(first, values)] : [Column(first, values), Column(second, more!)], values.Length);
        using var rows = new RowGroupEncoder(parquet).Encode([batch]);
        writer.Append(rows);
        writer.Finish();
    }

    private static Column Column(Field field, object?[] values)
    {
        var builder = new ColumnBuilder(field.Type);
        foreach (var value in values) builder.AppendObject(value);
        return builder.Build();
    }
}
