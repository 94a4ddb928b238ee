using DataMesh.Connectors.Datasets;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Formats.Delta;
using static DataMesh.Connectors.Tests.Datasets.SinkHarness;

namespace DataMesh.Connectors.Tests.Datasets;

public sealed class DeltaRowsTests : IDisposable
{
    private readonly SinkHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    [Fact]
    public async Task Rows_come_with_display_names_partition_values_and_nulls_for_what_a_file_lacks()
    {
        var sink = new DatasetSink { Name = "t", PartitionBy = ["Day Of"] };
        await _harness.WriteAsync(sink, [[Batch(("Day Of", DataType.Date, [new DateOnly(2024, 2, 29), null]), ("id", DataType.Int64, [1L, 2L]))]]);
        await _harness.WriteAsync(sink, [[Batch(
            ("day of", DataType.Date, [new DateOnly(1969, 12, 31)]), ("id", DataType.Int64, [3L]), ("Größe (m)", DataType.Float64, [1.5]), ("doc", DataType.Json, ["[1]"]))]]);

        Assert.Equal(
            [
                """{"Day Of":"2024-02-29","id":1,"Größe (m)":null,"doc":null}""",
                """{"Day Of":null,"id":2,"Größe (m)":null,"doc":null}""",
                """{"Day Of":"1969-12-31","id":3,"Größe (m)":1.5,"doc":[1]}""",
            ], Read().Order(ById));
    }

    [Fact]
    public async Task Values_of_every_type_are_the_ones_that_were_written()
    {
        var rows = Batch(
            ("flag", DataType.Bool, [true, null]), ("id", DataType.Int64, [long.MinValue, null]), ("price", DataType.Float64, [0.1, null]),
            ("cost", DataType.Decimal(10, 2), [-12.34m, null]), ("name", DataType.String, ["é\n", null]), ("day", DataType.Date, [new DateOnly(1, 1, 1), null]),
            ("at", DataType.Timestamp, [-1L, null]), ("raw", DataType.Binary, [new byte[] { 0, 255 }, null]), ("doc", DataType.Json, ["{\"a\":1}", null]));
        var expected = JsonRows.Write(rows);
        await _harness.WriteAsync(new DatasetSink { Name = "t" }, [[rows]]);

        Assert.Equal(expected, Read());
    }

    [Fact]
    public async Task A_limit_ends_the_reading_also_in_mid_file()
    {
        var sink = new DatasetSink { Name = "t" };
        for (var i = 0; i < 3; i++) await _harness.WriteAsync(sink, [[Batch(("id", DataType.Int64, [i * 2L, i * 2L + 1]))]]);

        Assert.Equal(["""{"id":0}""", """{"id":1}""", """{"id":2}"""], Read(3));
        Assert.Empty(Read(0));
        Assert.Equal(6, Read().Count);
    }

    [Fact]
    public async Task A_file_with_none_of_the_columns_gives_its_rows_as_nulls()
    {
        var sink = new DatasetSink { Name = "t" };
        await _harness.WriteAsync(sink, [[Batch(("old", DataType.Int64, [1L, 2L]))]]);
        var entry = LogFolder.EntryPath(_harness.Table(), 0);
        File.WriteAllText(entry, File.ReadAllText(entry).Replace("\\\"name\\\":\\\"old\\\"", "\\\"name\\\":\\\"new\\\"", StringComparison.Ordinal));

        Assert.Equal(["""{"new":null}""", """{"new":null}"""], Read());
    }

    [Fact]
    public async Task Narrower_types_of_older_files_are_widened_and_unfit_ones_named()
    {
        var sink = new DatasetSink { Name = "t" };
        await _harness.WriteAsync(sink, [[Batch(("n", DataType.Int64, [5L, null]), ("d", DataType.Decimal(5, 1), [1.5m, null]), ("t", DataType.Date, [new DateOnly(1970, 1, 2), null]), ("s", DataType.String, ["[2]", null]))]]);
        Declare("\\\"name\\\":\\\"n\\\",\\\"type\\\":\\\"long\\\"", "\\\"name\\\":\\\"n\\\",\\\"type\\\":\\\"double\\\"");
        Declare("decimal(5,1)", "decimal(10,3)");
        Declare("\\\"date\\\"", "\\\"timestamp\\\"");

        Assert.Equal("""{"n":5,"d":1.500,"t":"1970-01-02T00:00:00Z","s":"[2]"}""", Read()[0].Replace("5.0", "5", StringComparison.Ordinal).Replace("02 00", "02T00", StringComparison.Ordinal));

        Declare("\\\"string\\\"", "\\\"boolean\\\"");
        Assert.Contains("Column 's' is string in a data file and bool in the table", Assert.Throws<DataMeshException>(() => Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_gone_is_told()
    {
        await _harness.WriteAsync(new DatasetSink { Name = "t" }, [[Batch(("id", DataType.Int64, [1L]))]]);
        foreach (var file in Directory.GetFiles(_harness.Table(), "*.parquet")) File.Delete(file);

        Assert.Contains("is gone", Assert.Throws<DataMeshException>(() => Read()).Message, StringComparison.Ordinal);
    }

    private static Comparer<string> ById { get; } = Comparer<string>.Create((a, b) => string.CompareOrdinal(a[a.IndexOf("\"id\"", StringComparison.Ordinal)..], b[b.IndexOf("\"id\"", StringComparison.Ordinal)..]));

    private void Declare(string before, string after)
    {
        var entry = LogFolder.EntryPath(_harness.Table(), 0);
        var text = File.ReadAllText(entry);
        Assert.Contains(before, text, StringComparison.Ordinal);
        File.WriteAllText(entry, text.Replace(before, after, StringComparison.Ordinal));
    }

    private List<string> Read(long rowsMax = long.MaxValue)
    {
        var rows = new List<string>();
        foreach (var batch in DeltaRows.Read(DeltaTable.Open(_harness.Table()), rowsMax))
        {
            using (batch) rows.AddRange(JsonRows.Write(batch));
        }

        return rows;
    }
}
