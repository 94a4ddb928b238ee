using DataMesh.Core.Columns;
using DataMesh.Core.Errors;

namespace DataMesh.Core.Tests.Columns;

public class JsonRowsTests
{
    [Fact]
    public void Infers_types_and_dotted_columns()
    {
        using var batch = JsonRows.Parse("""
            {"id": 1, "p": {"mag": 2, "where": "x"}, "tags": [1, 2], "day": "2024-01-01", "none": null}
            {"id": 2, "p": {"mag": 2.5}, "ok": true}
            """);
        Assert.Equal("id int64, p.mag float64, p.where string, tags json, day string, none null, ok bool", batch.Schema.ToString());
        Assert.Equal(
            ["""{"id":1,"p.mag":2,"p.where":"x","tags":[1, 2],"day":"2024-01-01","none":null,"ok":null}""",
             """{"id":2,"p.mag":2.5,"p.where":null,"tags":null,"day":null,"none":null,"ok":true}"""],
            JsonRows.Write(batch));
    }

    [Theory]
    [InlineData("1", "\"a\"", "string")]
    [InlineData("1", "1.5", "float64")]
    [InlineData("9007199254740993", "1.5", "string")]
    [InlineData("1", "99999999999999999999", "string")]
    [InlineData("true", "1", "string")]
    [InlineData("1", "{\"b\":1}", "json")]
    [InlineData("null", "{}", "json")]
    [InlineData("\"a\"", "[1]", "json")]
    public void Joins_by_the_lattice(string first, string second, string type) =>
        Assert.Equal("a " + type, JsonRows.InferSchema([$$"""{"a":{{first}}}""", $$"""{"a":{{second}}}"""]).ToString());

    [Fact]
    public void Reads_every_declared_type_and_writes_canonical_text()
    {
        var schema = new Schema([
            new("b", DataType.Bool), new("i", DataType.Int64), new("f", DataType.Float64), new("m", DataType.Decimal(10, 2)), new("s", DataType.String),
            new("d", DataType.Date), new("t", DataType.Timestamp), new("x", DataType.Binary), new("j", DataType.Json)]);
        using var batch = JsonRows.Parse(
            """{"b":true,"i":-7,"f":1e3,"m":"12.5","s":5,"d":"2024-02-29","t":"2024-01-31T12:34:56.5+01:00","x":"AQI=","j":{"a":[1]}} {}""", schema);
        Assert.Equal(
            ["""{"b":true,"i":-7,"f":1000,"m":12.50,"s":"5","d":"2024-02-29","t":"2024-01-31T11:34:56.5Z","x":"AQI=","j":{"a":[1]}}""",
             """{"b":null,"i":null,"f":null,"m":null,"s":null,"d":null,"t":null,"x":null,"j":null}"""],
            JsonRows.Write(batch));
    }

    [Fact]
    public void Names_the_nearest_column_and_the_value_that_does_not_fit()
    {
        var schema = new Schema([new("price", DataType.Int64), new("day", DataType.Date)]);
        var unknown = Assert.Throws<DataMeshException>(() => JsonRows.Parse("""{"prise":1}""", schema));
        Assert.Equal("did you mean 'price'?", unknown.Hint);
        var misfit = Assert.Throws<DataMeshException>(() => JsonRows.Parse("""{"day":"31.01.2024"}""", schema));
        Assert.Contains("'day', which is date", misfit.Message, StringComparison.Ordinal);
        Assert.Throws<DataMeshException>(() => JsonRows.Parse("[1]"));
        Assert.Throws<DataMeshException>(() => JsonRows.Parse("{\"a\":"));
    }

    [Fact]
    public void Special_doubles_and_escapes_survive()
    {
        var schema = new Schema([new("f", DataType.Float64), new("s", DataType.String)]);
        using var batch = new RecordBatch(schema, [FixedColumn<double>.From(DataType.Float64, [double.NaN]), Strings("a\"b\nü")], 1);
        var row = Assert.Single(JsonRows.Write(batch));
        Assert.Equal("""{"f":"NaN","s":"a\"b\nü"}""", row);
        using var again = JsonRows.Parse([row], schema);
        Assert.Equal(row, JsonRows.Write(again)[0]);
    }

    [Fact]
    public void Comparer_ignores_order_nesting_and_number_spelling()
    {
        Assert.Empty(JsonRowComparer.Differences("""{"a":{"b":1.0},"c":"x","l":[1,2]}""", """{"c":"x","a.b":1,"l":[1, 2],"n":null}"""));
        Assert.Equal(["a: expected 1, found 2"], JsonRowComparer.Differences("""{"a":1}""", """{"a":2,"b":3}""", namedOnly: true));
        Assert.Equal(["b: expected null, found 3"], JsonRowComparer.Differences("""{"a":1}""", """{"a":1,"b":3}"""));
        Assert.NotEmpty(JsonRowComparer.Differences("""{"a":"1"}""", """{"a":1}"""));
    }

    private static Column Strings(params string?[] values)
    {
        var builder = new ColumnBuilder(DataType.String);
        foreach (var value in values) builder.AppendObject(value);
        return builder.Build();
    }
}
