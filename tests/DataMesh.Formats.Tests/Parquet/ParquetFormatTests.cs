using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using static DataMesh.Formats.Tests.Parquet.ParquetTestData;

namespace DataMesh.Formats.Tests.Parquet;

public sealed class ParquetFormatTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"datamesh-{Guid.NewGuid():n}.parquet");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task Row_groups_and_slices_of_large_ones_give_every_row_once_in_order()
    {
        using var small = Numbers(0, 100_000);
        using var a = Numbers(100_000, 120_000);
        using var b = Numbers(220_000, 80_000);
        Write(_path, small.Schema, [[small], [a, b]]);
        var read = await ParquetReading.ReadAsync(_path);
        Assert.Equal(Enumerable.Range(0, 300_000).Select(i => $"{i}|n{i % 7}"), read.Rows);
        Assert.Equal((0, 100_000), read.Blocks[0]);
        Assert.All(read.Blocks.Skip(1), block => Assert.InRange(block.End - block.Start, 1, 65_536));
        Assert.Equal(read.Blocks.Skip(1).Select(block => block.Start), read.Blocks.SkipLast(1).Select(block => block.End));
        var rest = await ParquetReading.ReadAsync(_path, from: 123_456);
        Assert.Equal(read.Rows.Skip(123_456), rest.Rows);
    }

    [Fact]
    public async Task Columns_are_matched_by_name_and_missing_ones_are_null()
    {
        using var batch = Numbers(0, 3);
        Write(_path, batch);
        var schema = new Schema([new("late", DataType.Timestamp), new("NAME", DataType.String), new("n", DataType.Int64)]);
        Assert.Equal(["∅|n0|0", "∅|n1|1", "∅|n2|2"], (await ParquetReading.ReadAsync(_path, schema)).Rows);
        Assert.Equal(["n0", "n1", "n2"], (await ParquetReading.ReadAsync(_path, schema, columns: [1])).Rows);
    }

    [Fact]
    public async Task Unknown_columns_widen_the_plan_or_are_reported()
    {
        using var batch = Numbers(0, 3);
        Write(_path, batch);
        var schema = new Schema([new("n", DataType.Int64)]);
        var widening = await ParquetReading.ReadAsync(_path, schema, widening: true);
        Assert.Equal(new KeyValuePair<string, DataType>("name", DataType.String), Assert.Single(widening.Widened));
        Assert.Empty(widening.Rows);
        var pinned = await ParquetReading.ReadAsync(_path, schema);
        Assert.Equal(["0", "1", "2"], pinned.Rows);
        Assert.Equal(("name", DataType.String, 3L, 0L), Assert.Single(pinned.Unknown));
    }

    [Fact]
    public async Task Values_are_converted_when_nothing_is_lost()
    {
        using var batch = Batch(
            ("a", Column(DataType.Int64, [1L, null, -(1L << 53)])),
            ("b", Column(DataType.Decimal(6, 2), [12.50m, 3m, null])),
            ("c", Column(DataType.Date, [new DateOnly(1969, 12, 31), null, new DateOnly(2024, 2, 29)])),
            ("d", Column(DataType.Float64, [2.0, -3.0, null])),
            ("e", Column(DataType.String, ["x", null, "\"y"])),
            ("f", Column(DataType.Timestamp, [new DateTime(2024, 5, 1), new DateTime(1960, 1, 1), null])));
        Write(_path, batch);
        var schema = new Schema(
        [
            new("a", DataType.Float64), new("b", DataType.Decimal(10, 4)), new("c", DataType.Timestamp), new("d", DataType.Int64), new("e", DataType.Json), new("f", DataType.Date),
        ]);
        var read = await ParquetReading.ReadAsync(_path, schema, widening: true);
        Assert.Empty(read.Widened);
        Assert.Equal(
        [
            "1|12.5000|1969-12-31T00:00:00Z|2|\"x\"|2024-05-01",
            "∅|3.0000|∅|-3|∅|1960-01-01",
            "-9007199254740992|∅|2024-02-29T00:00:00Z|∅|\"\\\"y\"|∅",
        ], read.Rows);
    }

    [Fact]
    public async Task Values_that_do_not_fit_widen_the_plan_or_are_bad()
    {
        using var batch = Batch(("id", Column(DataType.Int64, [7L, 8L, 9L])), ("x", Column(DataType.Float64, [1.0, 2.5, null])));
        Write(_path, batch);
        var schema = new Schema([new("x", DataType.Int64)]);
        Assert.Equal(DataType.Float64, (await ParquetReading.ReadAsync(_path, schema, widening: true)).Widened["x"]);
        var read = await ParquetReading.ReadAsync(_path, schema, needsOrigin: true);
        Assert.Equal(["1", "∅"], read.Rows);
        Assert.Equal(("{\"id\":8,\"x\":2.5}", 1L, QuarantineReasons.Misfit, "column x is int64; the value is 2.5"), Assert.Single(read.BadRecords));
        Assert.Equal([(0L, "{\"id\":7,\"x\":1}"), (2L, "{\"id\":9,\"x\":null}")], read.Origins);
    }

    [Fact]
    public async Task Declared_types_are_read_out_of_text_and_never_widen()
    {
        using var batch = Batch(
            ("n", Column(DataType.String, ["12", "x", null])),
            ("t", Column(DataType.String, ["2024-01-02 03:04:05", "2024-01-02T03:04:05+01:00", null])),
            ("j", Column(DataType.String, ["[1]", "{}", null])));
        Write(_path, batch);
        var options = new FormatOptions { Types = new Dictionary<string, DataType> { ["n"] = DataType.Int64, ["t"] = DataType.Timestamp, ["j"] = DataType.Json } };
        Assert.Equal("n int64, t timestamp, j json", ParquetReading.Describe(_path, options).Schema.ToString());
        var read = await ParquetReading.ReadAsync(_path, options: options, widening: true);
        Assert.Empty(read.Widened);
        Assert.Equal(["12|2024-01-02T03:04:05Z|[1]", "∅|∅|∅"], read.Rows);
        Assert.Equal("column n is int64; the value is x", Assert.Single(read.BadRecords).Detail);
    }

    [Fact]
    public async Task A_file_without_rows_has_a_schema_and_no_blocks()
    {
        using var batch = Numbers(0, 0);
        Write(_path, batch);
        Assert.Equal("n int64, name string", ParquetReading.Describe(_path).Schema.ToString());
        Assert.Empty((await ParquetReading.ReadAsync(_path)).Blocks);
    }

    [Fact]
    public void A_cut_file_is_refused_with_its_name()
    {
        using var batch = Numbers(0, 1000);
        Write(_path, batch);
        var bytes = File.ReadAllBytes(_path);
        File.WriteAllBytes(_path, bytes[..^20]);
        var error = Assert.Throws<DataMeshException>(() => ParquetReading.Describe(_path));
        Assert.Equal(_path, error.Location?.File);
    }

    private static RecordBatch Numbers(int from, int count) => Batch(
        ("n", Column(DataType.Int64, Enumerable.Range(from, count).Select(i => (object)(long)i))),
        ("name", Column(DataType.String, Enumerable.Range(from, count).Select(i => $"n{i % 7}"))));
}
