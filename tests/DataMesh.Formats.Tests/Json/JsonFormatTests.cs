using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats.Json;

namespace DataMesh.Formats.Tests.Json;

public class JsonFormatTests
{
    [Fact]
    public async Task Lines_become_rows()
    {
        var read = await JsonReading.ReadAsync("{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":\"y\"}\r\n\n  {\"b\":\"z\",\"a\":3}  ");
        Assert.Equal(["a=1 b=x", "a=2 b=y", "a=3 b=z"], read.Rows);
        Assert.Empty(read.BadRecords);
        Assert.Equal("ndjson", read.Description.Facts["format"]);
    }

    [Theory]
    [InlineData("[{\"a\":1},{\"a\":2}]")]
    [InlineData("[\n  {\n    \"a\" : 1\n  } ,\n  { \"a\":2 }\n]\n")]
    [InlineData("{\"a\":1}{\"a\":2}")]
    [InlineData("{\n\"a\":1\n}\n{\n\"a\":2}")]
    [InlineData("{\"kind\":\"list\",\"rows\":[{\"a\":1},{\"a\":2}],\"more\":{\"n\":[1,2]}}")]
    [InlineData("{\"x\":{\"y y\":[{\"a\":1},{\"a\":2}]}}")]
    public async Task Every_layout_is_found(string text)
    {
        foreach (var blockBytes in new[] { 1 << 20, 7, 1 })
        {
            var read = await JsonReading.ReadAsync(text, blockBytes: blockBytes);
            Assert.Equal(["a=1", "a=2"], read.Rows);
            Assert.Empty(read.BadRecords);
        }
    }

    [Theory]
    [InlineData("$.a[*].b[*]", "{\"a\":[{\"b\":[{\"v\":1},{\"v\":2}]},{\"c\":0},{\"b\":[{\"v\":3}]}]}", "v=1,v=2,v=3")]
    [InlineData("$[*][*]", "[[{\"v\":1}],[],[{\"v\":2},{\"v\":3}]]", "v=1,v=2,v=3")]
    [InlineData("$['x y'].z[*]", "{\"x\":[9],\"x y\":{\"q\":\"]}\\\"\",\"z\":[{\"v\":1}]}}", "v=1")]
    [InlineData("$", "{\"v\":1}", "v=1")]
    [InlineData("$.a", "{\"b\":{\"v\":0},\"a\":{\"v\":1}}", "v=1")]
    public async Task A_record_path_leads_to_the_records(string path, string text, string rows)
    {
        var read = await JsonReading.ReadAsync(text, new FormatOptions { RecordPath = path }, blockBytes: 5);
        Assert.Equal(rows.Split(','), read.Rows);
    }

    [Theory]
    [InlineData("features[*]")]
    [InlineData("$.")]
    [InlineData("$[0]")]
    [InlineData("$['a")]
    public async Task A_wrong_record_path_is_explained(string path)
    {
        var error = await Assert.ThrowsAsync<DataMeshException>(() => JsonReading.ReadAsync("{}", new FormatOptions { RecordPath = path }));
        Assert.Contains("is no record path", error.Message);
    }

    [Fact]
    public async Task Several_lists_need_a_choice()
    {
        var error = await Assert.ThrowsAsync<DataMeshException>(() => JsonReading.ReadAsync("{\"a\":[{\"x\":1}],\"b\":{\"c\":[{\"x\":1}]}}"));
        Assert.Contains("$.a[*], $.b.c[*]", error.Detail);
        Assert.Contains("record_path", error.Hint);
    }

    [Theory]
    [InlineData("1|2|3", "int64")]
    [InlineData("1|2.5", "float64")]
    [InlineData("9007199254740993|2.5", "string")]
    [InlineData("9223372036854775807", "int64")]
    [InlineData("9223372036854775808", "string")]
    [InlineData("1e400", "string")]
    [InlineData("true|null", "bool")]
    [InlineData("true|1", "string")]
    [InlineData("\"2024-01-31\"", "date")]
    [InlineData("\"2024-01-31\"|\"2024-01-31T10:00:00Z\"", "timestamp")]
    [InlineData("\"2024-13-31\"", "string")]
    [InlineData("\"00123\"|\"456\"", "string")]
    [InlineData("[1]|null", "json")]
    [InlineData("[1]|2", "json")]
    [InlineData("{\"x\":1}|2", "json")]
    [InlineData("{}", "json")]
    [InlineData("null", "null")]
    public async Task Types_are_inferred(string values, string type)
    {
        var read = await JsonReading.ReadAsync(string.Join('\n', values.Split('|').Select(each => $"{{\"v\":{each},\"other\":0}}")) + "\n");
        Assert.Equal(type, read.Description.Schema[0].Type.ToString());
        Assert.Empty(read.BadRecords);
        Assert.Equal(values.Split('|').Length, read.Rows.Count);
    }

    [Fact]
    public async Task Nested_objects_become_dotted_columns()
    {
        var read = await JsonReading.ReadAsync(
            """
            {"id":1,"p":{"mag":2.5,"q":{"z":"a"}},"c":[1, 2]}
            {"id":2,"p":null,"c":[]}
            {"id":3,"p":{"q":{"z":"b"},"mag":1}}
            {"p":{},"id":4}
            """);
        Assert.Equal(["id", "p.mag", "p.q.z", "c"], read.Description.Schema.Names);
        Assert.Equal(["id=1 p.mag=2.5 p.q.z=a c=[1,2]", "id=2 c=[]", "id=3 p.mag=1 p.q.z=b", "id=4"], read.Rows);
    }

    [Fact]
    public async Task A_dotted_name_that_clashes_is_an_error()
    {
        var error = await Assert.ThrowsAsync<DataMeshException>(() => JsonReading.ReadAsync("{\"a.b\":1,\"a\":{\"b\":2}}\n{\"a.b\":1}\n"));
        Assert.Contains("'a.b'", error.Message);
    }

    [Fact]
    public async Task Declared_types_are_kept()
    {
        var types = new Dictionary<string, DataType> { ["n"] = DataType.Decimal(10, 2), ["o"] = DataType.Json, ["s"] = DataType.Int64 };
        var read = await JsonReading.ReadAsync(
            "{\"n\":1.5,\"o\":{\"x\": 1},\"s\":\"42\"}\n{\"n\":-0.07,\"o\":null,\"s\":7}\n{\"n\":1.234,\"s\":1}\n", new FormatOptions { Types = types }, widening: true);
        Assert.Equal(["n=1.50 o={\"x\":1} s=42", "n=-0.07 s=7"], read.Rows);
        Assert.Equal(QuarantineReasons.Misfit, Assert.Single(read.BadRecords).Reason);
        Assert.Empty(read.Widened);
    }

    [Fact]
    public async Task Times_without_a_zone_are_read_in_the_declared_one()
    {
        var read = await JsonReading.ReadAsync(
            "{\"t\":\"2024-07-01 12:00:00\"}\n{\"t\":\"2024-01-01T12:00:00.5\"}\n{\"t\":\"2024-07-01T12:00:00+01:00\"}\n{\"t\":\"2024-07-01T12:00:00Z\"}\n",
            new FormatOptions { TimeZone = "Europe/Berlin" });
        Assert.Equal(["t=2024-07-01T10:00:00Z", "t=2024-01-01T11:00:00.5Z", "t=2024-07-01T11:00:00Z", "t=2024-07-01T12:00:00Z"], read.Rows);
    }

    [Theory]
    [InlineData("{\"a\":1}\n", 0.9)]
    [InlineData("[{\"a\":1}]", 0.9)]
    [InlineData("a,b\n1,2\n", 0)]
    [InlineData("[2024-01-01] started\n", 0)]
    [InlineData("", 0)]
    public void The_head_tells_whether_it_is_json(string text, double least)
    {
        var sure = new JsonFormat().Recognise(new FileHead("x", System.Text.Encoding.UTF8.GetBytes(text), true, new TextEncoding()));
        Assert.True(least == 0 ? sure == 0 : sure >= least);
    }
}
