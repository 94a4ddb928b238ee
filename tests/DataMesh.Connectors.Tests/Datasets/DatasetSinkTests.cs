using System.Text.Json.Nodes;
using DataMesh.Connectors.Datasets;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats.Delta;
using DataMesh.Tests;
using static DataMesh.Connectors.Tests.Datasets.SinkHarness;

namespace DataMesh.Connectors.Tests.Datasets;

/// <summary>Every table here is checked from the outside: by a program written from the Delta protocol, and by DuckDB.</summary>
public sealed class DatasetSinkTests : IDisposable
{
    private readonly SinkHarness _harness = new();

    public void Dispose() => _harness.Dispose();

    private string Check(string name = "t") => Node.Run("delta-check.mjs", _harness.Table(name)).Trim();

    private JsonArray Sql(string sql, string name = "t") => (JsonArray)JsonNode.Parse(Node.Run("duckdb-table.mjs", _harness.Table(name), sql))!;

    [Fact]
    public async Task Rows_of_every_type_come_back_and_their_statistics_hold()
    {
        var rows = Batch(
            ("flag", DataType.Bool, [true, null, false, true]),
            ("id", DataType.Int64, [long.MinValue, null, 9_007_199_254_740_993, long.MaxValue]),
            ("price", DataType.Float64, [-1.5, null, 0.1, 1e300]),
            ("odd", DataType.Float64, [double.NaN, double.PositiveInfinity, 1.0, null]),
            ("endless", DataType.Float64, [double.NegativeInfinity, 2.0, 1.0, null]),
            ("cost", DataType.Decimal(10, 2), [12.34m, -0.01m, null, 99999999.99m]),
            ("huge", DataType.Decimal(38, 10), [Int128.Parse("12345678901234567890123456789012345678", null), null, (Int128)(-1), (Int128)0]),
            ("name", DataType.String, ["ä" + new string('z', 60), "", null, "a\"\\\n<é"]),
            ("day", DataType.Date, [new DateOnly(1969, 12, 31), new DateOnly(2024, 2, 29), null, new DateOnly(1, 1, 1)]),
            ("at", DataType.Timestamp, [-1L, 1_700_000_000_123_456L, null, 1_700_000_000_123_999L]),
            ("raw", DataType.Binary, [new byte[] { 0, 255 }, Array.Empty<byte>(), null, new byte[] { 1 }]),
            ("doc", DataType.Json, ["{\"a\":[1]}", "[]", null, "1"]));

        await _harness.WriteAsync(new DatasetSink { Name = "t" }, [[rows]]);

        Assert.Equal("""{"version":0,"files":1,"rows":4,"transactions":1,"checkpoints":0,"lastCheckpoint":null}""", Check());
        Assert.Equal(
            """[["4","3","-9223372036854775808","9223372036854775807","100000012.32","1969-12-31 23:59:59.999999+00"]]""",
            Sql("SELECT count(*), count(id), min(id), max(id), sum(cost + 0.00), min(\"at\")::VARCHAR FROM t").ToJsonString().Replace("\\u002B", "+", StringComparison.Ordinal));
        var statistics = JsonNode.Parse(DeltaTable.Open(_harness.Table()).Files.Single().Statistics!)!;
        Assert.Equal("2023-11-14T22:13:20.124Z", statistics["maxValues"]!["at"]!.ToString());
        Assert.Equal("1969-12-31T23:59:59.999Z", statistics["minValues"]!["at"]!.ToString());
        Assert.Null(statistics["minValues"]!["odd"]);
        Assert.Null(statistics["minValues"]!["endless"]);
        Assert.Equal("2.0", statistics["maxValues"]!["endless"]!.ToJsonString());
        Assert.Equal(DataType.Json, DeltaTable.Open(_harness.Table()).Schema[11].Type);
    }

    [Fact]
    public async Task Names_with_spaces_work_by_column_mapping()
    {
        var sink = new DatasetSink { Name = "t", PartitionBy = ["Origin State"] };
        await _harness.WriteAsync(sink, [[Batch(("Origin State", DataType.String, ["CA", "N/A", null]), ("Cost Total $", DataType.Int64, [1L, 2L, 3L]))]]);
        await _harness.WriteAsync(sink, [[Batch(("cost total $", DataType.Int64, [4L]), ("ORIGIN STATE", DataType.String, ["CA"]), ("new one", DataType.Bool, [true]))]]);

        Check();
        Assert.Equal("""[["CA","5","true"],["N/A","2",null],[null,"3",null]]""",
            Sql("SELECT \"Origin State\", sum(\"Cost Total $\"), bool_or(\"new one\")::VARCHAR FROM t GROUP BY 1 ORDER BY 1").ToJsonString());
    }

    [Fact]
    public async Task Partition_values_of_every_type_are_written_as_the_protocol_has_them()
    {
        var sink = new DatasetSink { Name = "t", PartitionBy = ["s", "d", "n", "b", "m", "at"] };
        var rows = Batch(
            ("s", DataType.String, ["a/b=c%d ü", "", null, "a/b=c%d ü"]),
            ("d", DataType.Date, [new DateOnly(2024, 1, 31), null, null, new DateOnly(2024, 1, 31)]),
            ("n", DataType.Int64, [-5L, 0L, null, -5L]),
            ("b", DataType.Bool, [true, false, null, true]),
            ("m", DataType.Decimal(5, 2), [1.50m, 0m, null, 1.50m]),
            ("at", DataType.Timestamp, [1_700_000_000_123_456L, 0L, null, 1_700_000_000_123_456L]),
            ("v", DataType.Int64, [1L, 2L, 3L, 4L]));

        var output = await _harness.WriteAsync(sink, [[rows]]);

        Assert.Equal(3, output.Files.Count);
        Assert.Equal(2, output.Files.Single(file => file.Partition["s"] == "a/b=c%d ü").Rows);
        Check();
        Assert.Equal("""[["5","1","a/b=c%d ü","2024-01-31","-5","true","1.50","2023-11-14 22:13:20.123456+00"]]""",
            System.Text.RegularExpressions.Regex.Unescape(Sql("SELECT sum(v), count(DISTINCT s), min(s), min(d)::VARCHAR, min(n), max(b)::VARCHAR, max(m)::VARCHAR, max(\"at\")::VARCHAR FROM t WHERE n = -5").ToJsonString()));
    }

    [Fact]
    public async Task Many_small_partitions_become_few_row_groups_and_no_row_is_lost()
    {
        var sink = new DatasetSink { Name = "t", PartitionBy = ["p"] };
        const int partitions = 300;
        var units = Enumerable.Range(0, 6).Select(unit => (IReadOnlyList<RecordBatch>)Enumerable.Range(0, 2).Select(batch => Batch(
            ("p", DataType.Int64, [.. Enumerable.Range(0, 1000).Select(row => (object?)(long)(row % partitions))]),
            ("v", DataType.Int64, [.. Enumerable.Range(0, 1000).Select(row => (object?)(long)(unit * 2000 + batch * 1000 + row))]))).ToList()).ToList();

        var output = await _harness.WriteAsync(sink, units);

        Assert.Equal(partitions, output.Files.Count);
        Assert.Equal(12_000, output.Rows);
        Check();
        Assert.Equal("""[["12000","71994000","300","1674000"]]""", Sql("SELECT count(*), sum(v), count(DISTINCT p), sum(p) FROM t").ToJsonString());
    }

    [Fact]
    public async Task Rows_keep_their_order_inside_a_partition_also_when_big_and_small_pieces_mix()
    {
        var sink = new DatasetSink { Name = "t", PartitionBy = ["p"] };
        var next = 0L;
        RecordBatch Rows(int count) => Batch(("p", DataType.String, [.. Enumerable.Repeat((object?)"x", count)]), ("v", DataType.Int64, [.. Enumerable.Range(0, count).Select(_ => (object?)next++)]));

        var output = await _harness.WriteAsync(sink, [[Rows(10)], [Rows(64_000), Rows(10_000)], [Rows(5)]]);

        Assert.Single(output.Files);
        var file = Path.Combine(_harness.Table(), output.Files[0].Path);
        Assert.Equal("""[["74015","0"]]""", JsonNode.Parse(Node.Run("duckdb.mjs", $"SELECT count(*), count(*) FILTER (v <> file_row_number) FROM read_parquet('{file}', file_row_number = true)"))!.ToJsonString());
    }

    [Fact]
    public async Task Files_are_closed_at_the_size_that_was_asked_for()
    {
        var random = new Random(1);
        var units = Enumerable.Range(0, 5).Select(_ => (IReadOnlyList<RecordBatch>)[Batch(("v", DataType.Int64, [.. Enumerable.Range(0, 1000).Select(_ => (object?)random.NextInt64())]))]).ToList();

        var output = await _harness.WriteAsync(new DatasetSink { Name = "t", FileSize = new ByteCount(10_000) }, units);

        Assert.Equal(3, output.Files.Count);
        Check();
    }

    [Fact]
    public async Task Columns_that_only_hold_nulls_are_not_created_until_they_have_values()
    {
        var sink = new DatasetSink { Name = "t" };
        await _harness.WriteAsync(sink, [[Batch(("a", DataType.Int64, [1L]), ("b", DataType.Null, [null]))]]);
        Assert.Equal(["a"], DeltaTable.Open(_harness.Table()).Schema.Names);
        await _harness.WriteAsync(sink, [[Batch(("a", DataType.Int64, [2L]), ("b", DataType.String, ["x"]))]]);
        await _harness.WriteAsync(sink, [[Batch(("a", DataType.Int64, [3L]), ("b", DataType.Null, [null]))]]);

        Check();
        Assert.Equal("""[["1",null],["2","x"],["3",null]]""", Sql("SELECT a, b FROM t ORDER BY a").ToJsonString());
    }

    [Fact]
    public async Task Rows_without_any_value_are_refused()
    {
        var refused = await Assert.ThrowsAsync<DataMeshException>(() => _harness.WriteAsync(new DatasetSink { Name = "t" }, [[Batch(("a", DataType.Null, [null]))]]));
        Assert.Contains("no column with a value", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_epoch_moves_the_position_and_writes_no_file()
    {
        var sink = new DatasetSink { Name = "t" };
        var output = await _harness.WriteAsync(sink, [], new Schema([new Field("a", DataType.Int64)]));

        Assert.Empty(output.Files);
        Assert.Equal(0, (await sink.ReadStateAsync("app/0", _harness.Context, CancellationToken.None)).Epoch);
        Check();
    }

    [Fact]
    public async Task The_table_says_what_was_committed()
    {
        var sink = new DatasetSink { Name = "t" };
        var before = await sink.ReadStateAsync("app/0", _harness.Context, CancellationToken.None);
        Assert.Equal(new TargetState(-1, null, -1, null, null), before);

        await _harness.WriteAsync(sink, [[Batch(("a", DataType.Int64, [1L]))]]);

        var after = await new DatasetSink { Name = "t" }.ReadStateAsync("app/0", _harness.Context, CancellationToken.None);
        Assert.Equal((0, 0, "app/0:0"), (after.Version, after.Epoch, after.PreparedId));
    }

    [Fact]
    public async Task Overwriting_may_change_types_and_the_old_version_stays_readable()
    {
        var sink = new DatasetSink { Name = "t", Mode = WriteMode.Overwrite };
        await _harness.WriteAsync(sink, [[Batch(("a", DataType.Int64, [1L]), ("gone", DataType.Int64, [1L]))]], replace: true);
        await _harness.WriteAsync(sink, [[Batch(("a", DataType.String, ["x"]))]], replace: true);
        await _harness.WriteAsync(sink, [[Batch(("a", DataType.String, ["y"]))]]);

        Check();
        Assert.Equal("""[["x,y"]]""", Sql("SELECT string_agg(a, ',' ORDER BY a) FROM t").ToJsonString());
        Assert.Equal(["a", "gone"], DeltaTable.Open(_harness.Table(), 0).Schema.Names);
    }

    [Fact]
    public async Task A_writer_that_was_not_staged_leaves_nothing_behind()
    {
        var sink = new DatasetSink { Name = "t" };
        var batch = Batch(("a", DataType.Int64, [1L]));
        await using (var writer = await sink.OpenWriterAsync(batch.Schema, _harness.Context, CancellationToken.None))
        {
            using var rows = writer.CreateEncoder().Encode([batch]);
            await writer.AppendAsync(rows, CancellationToken.None);
            Assert.NotEmpty(Directory.GetFiles(_harness.Table()));
        }

        Assert.Empty(Directory.GetFiles(_harness.Table()));
    }

    [Fact]
    public async Task Wrong_partition_columns_are_explained()
    {
        var batch = Batch(("state", DataType.String, ["x"]), ("v", DataType.Int64, [1L]));
        var unknown = await Assert.ThrowsAsync<DataMeshException>(() => _harness.StageAsync(new DatasetSink { Name = "t", PartitionBy = ["sate"] }, [[batch]]));
        Assert.Contains("did you mean 'state'?", unknown.Hint, StringComparison.Ordinal);
        await Assert.ThrowsAsync<DataMeshException>(() => _harness.StageAsync(new DatasetSink { Name = "t", PartitionBy = ["state", "v"] }, [[batch]]));
    }
}
