using System.Text.Json.Nodes;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.Formats.Parquet;
using DataMesh.Tests;

namespace DataMesh.Formats.Tests.Parquet;

public sealed class NestedParquetTests : IDisposable
{
    private static readonly NestedSchema Actions = new(
    [
        new NestedStruct("add",
        [
            new NestedValue("path", DataType.String),
            new NestedMap("partitionValues", new NestedValue("value", DataType.String)),
            new NestedValue("size", DataType.Int64),
            new NestedValue("dataChange", DataType.Bool),
            new NestedStruct("stats_parsed", [new NestedValue("numRecords", DataType.Int64), new NestedStruct("minValues", [new NestedValue("at", DataType.Timestamp), new NestedValue("price", DataType.Decimal(10, 2))])]),
        ]),
        new NestedStruct("protocol",
        [
            new NestedValue("minReaderVersion", DataType.Int64, Nullable: false, Narrow: true),
            new NestedList("writerFeatures", new NestedValue("element", DataType.String)),
        ]),
        new NestedList("matrix", new NestedList("element", new NestedStruct("element", [new NestedValue("x", DataType.Float64), new NestedValue("day", DataType.Date)]))),
    ]);

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"datamesh-{Guid.NewGuid():n}.parquet");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Structs_lists_and_maps_come_back()
    {
        string[] rows =
        [
            """{"add":{"path":"a","partitionValues":{"day":"1","zone":null},"size":12,"dataChange":true,"stats_parsed":{"numRecords":3,"minValues":{"at":"2024-01-31T12:00:00.5Z","price":12.30}}}}""",
            """{"protocol":{"minReaderVersion":3,"writerFeatures":["domainMetadata",null,"columnMapping"]}}""",
            """{"add":{"path":"ü","partitionValues":{},"dataChange":false}}""",
            """{"protocol":{"minReaderVersion":1,"writerFeatures":[]},"matrix":[[{"x":1.5,"day":"1969-12-31"},{}],[],null,[null]]}""",
            """{}""",
            """{"matrix":[]}""",
        ];
        Write(rows);
        Assert.Equal(rows, NestedParquetReader.Read(_path).Select(row => row.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })));
        Assert.Equal([rows[1], "{}", "{}"], NestedParquetReader.Read(_path, new HashSet<string> { "protocol" }).Skip(1).Take(2).Select(row => row.ToJsonString()).Append("{}"));
    }

    [Fact]
    public void Others_read_what_we_nest()
    {
        Write([.. Enumerable.Range(0, 70_000).Select(i => i % 3 == 0
            ? $$$"""{"add":{"path":"part-{{{i}}}","partitionValues":{"day":"{{{i % 7}}}"},"size":{{{i}}},"dataChange":true}}"""
            : $$$"""{"matrix":[[{"x":{{{i}}}}],[]]}""")]);
        Assert.Equal("[[\"23334\",\"816678333\",\"3334\"]]", Node.Run("duckdb.mjs",
            $"SELECT count(add.path), sum(add.size), count(*) FILTER (add.partitionValues['day'] = '3') FROM '{_path}'").Trim());
        Assert.Equal("[[\"46666\",\"1633286667\"]]", Node.Run("duckdb.mjs",
            $"SELECT count(matrix), sum(matrix[1][1].x)::BIGINT FROM '{_path}'").Trim());
        var rows = JsonNode.Parse(Node.Run("hyparquet.mjs", _path))!.AsArray();
        Assert.Equal("part-69999", rows[69_999]!["add"]!["path"]!.GetValue<string>());
        Assert.Equal("""[[{"x":69998,"day":null}],[]]""", rows[69_998]!["matrix"]!.ToJsonString());
    }

    [Fact]
    public void As_flat_columns_groups_are_dotted_and_what_repeats_is_json()
    {
        Write(["""{"add":{"path":"a","partitionValues":{"day":"1"},"size":5}}""", """{"matrix":[[{"x":2}]]}"""]);
        using var file = ParquetFile.Open(_path);
        Assert.Equal(
            "add.path string, add.partitionValues json, add.size int64, add.dataChange bool, add.stats_parsed.numRecords int64, add.stats_parsed.minValues.at timestamp, "
            + "add.stats_parsed.minValues.price decimal(10,2), protocol.minReaderVersion int64, protocol.writerFeatures json, matrix json", file.Schema.ToString());
        using var batch = Assert.Single(file.Read(0));
        Assert.Equal(["a", "{\"day\":\"1\"}", "5", null], Enumerable.Range(0, 4).Select(column => ValueText.Format(batch[column], 0)));
        Assert.Equal("""[[{"x":2,"day":null}]]""", ValueText.Format(batch["matrix"], 1));
    }

    [Fact]
    public void A_missing_value_that_can_not_be_null_is_an_error_with_its_name()
    {
        var error = Assert.Throws<DataMeshException>(() => Write(["""{"protocol":{}}"""]));
        Assert.Contains("protocol.minReaderVersion", error.Message, StringComparison.Ordinal);
    }

    private void Write(string[] rows)
    {
        using var stream = File.Create(_path);
        NestedParquetWriter.Write(stream, Actions, rows.Select(row => JsonNode.Parse(row)!.AsObject()));
    }
}
