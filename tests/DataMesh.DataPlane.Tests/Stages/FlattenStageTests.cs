using System.Text.Json;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages;

public class FlattenStageTests
{
    [Theory]
    [InlineData("""{"a":{"b":7,"c":[1, 2]},"s":"x\u00e9\n"}""", """{"p.a.b":7,"p.a.c":[1,2],"p.s":"xé\n"}""")]
    [InlineData("""{"s":"first","a":{"b":1},"s":"second","other":{"deep":[{}]}}""", """{"p.a.b":1,"p.a.c":null,"p.s":"first"}""")]
    [InlineData("""{"a":5,"s":12}""", """{"p.a.b":null,"p.a.c":null,"p.s":"12"}""")]
    [InlineData("""{"a":{"b":null,"c":null},"s":{"x":1}}""", """{"p.a.b":null,"p.a.c":null,"p.s":"{\"x\":1}"}""")]
    [InlineData("null", "{}")]
    [InlineData("", "{}")]
    public void Fields_are_taken_by_path(string json, string expected) => StageTest.Gives(Stage(), Row(json), expected);

    [Theory]
    [InlineData("[1]")]
    [InlineData("5")]
    [InlineData("""{"a":""")]
    [InlineData("""{"a":1} {"a":2}""")]
    [InlineData("""{"a":{"b":"many"}}""")]
    public void What_does_not_fit_goes_to_quarantine(string json) => StageTest.Gives(Stage(), Row(json), "", "cast_failed");

    [Fact]
    public void Failures_leave_the_rows_around_them_whole()
    {
        var stage = Stage();
        var input = JsonRows.Parse("""{"p":"{\"s\":\"a\"}","id":1} {"p":"{\"s\":\"b\",","id":2} {"p":"{\"s\":\"c\"}","id":3}""");
        StageTest.Gives(stage, input, """{"p.s":"a","id":1} {"p.s":"c","id":3}""", "cast_failed");
    }

    [Fact]
    public void Null_instead_of_quarantine_and_the_column_kept()
    {
        var stage = Stage();
        (stage.OnError, stage.Keep, stage.Prefix) = (OnError.Null, true, "");
        StageTest.Gives(stage, """{"p":"nonsense"}""", """{"p":"nonsense","a.b":null,"a.c":null,"s":null}""");
    }

    [Fact]
    public void New_columns_stand_where_the_json_stood() =>
        Assert.Equal("x int64, p.a.b int64, p.a.c json, p.s string, y int64", StageTest.SchemaOf(Stage(), StageTest.SchemaFrom("x int64, p json, y int64")));

    [Fact]
    public void Deep_nesting_is_a_bad_row_and_no_crash()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000);
        StageTest.Gives(Stage(), Row(deep), "", "cast_failed");
    }

    [Fact]
    public void Errors_name_what_is_wrong()
    {
        Assert.NotNull(StageTest.BindError(Stage(), StageTest.SchemaFrom("p int64")).Hint);
        Assert.NotNull(StageTest.BindError(new FlattenStage { Column = "p" }, StageTest.SchemaFrom("p json")).Hint);
        Assert.NotNull(StageTest.BindError(new FlattenStage { Column = "p", Fields = { { "a..b", DataType.Json } } }, StageTest.SchemaFrom("p json")).Hint);
        var failing = Stage();
        failing.OnError = OnError.Fail;
        Assert.Throws<DataMeshException>(() => StageRunner.Run(failing, [Row("[")]));
    }

    [Theory]
    [InlineData("""{"a":{"b":7,"z":{"y":[1]},"c":1},"s":"x","o":"\u00e9\"","n\u0041":{}}""", """{"a":{"z":{"y":[1]}},"o":"\u00e9\"","n\u0041":{}}""")]
    [InlineData("""{"a":5,"s":"x"}""", """{"a":5}""")]
    [InlineData("""{"a":{"b":1},"s":"x"}""", "null")]
    [InlineData("""{"x":1,"a":{"q":2},"y":3,"a":{"r":4}}""", """{"x":1,"a":{"q":2},"y":3,"a":{"r":4}}""")]
    [InlineData("""{"s":"first","s":"second"}""", """{"s":"second"}""")]
    [InlineData("null", "null")]
    public void What_has_no_column_stays_in_the_rest(string json, string rest)
    {
        var stage = Stage();
        stage.Rest = "rest";
        using var result = StageRunner.Run(stage, [Row("{broken"), Row(json)]);
        using var row = JsonDocument.Parse(result.Rows().Single());
        Assert.Equal(rest, row.RootElement.GetProperty("rest").GetRawText());
    }

    [Fact]
    public void A_field_taken_as_a_whole_leaves_nothing_over()
    {
        var stage = new FlattenStage { Column = "p", Fields = { { "a", DataType.Json }, { "a.b", DataType.Int64 } }, Rest = "rest" };
        StageTest.Gives(stage, Row("""{"a":{"b":1,"c":2},"d":3}"""), """{"p.a":{"b":1,"c":2},"p.a.b":1,"rest":{"d":3}}""");
    }

    [Fact]
    public void An_example_gives_fields_and_types_and_declared_types_go_before()
    {
        var stage = new FlattenStage { Column = "p", Example = """{"u":{"n":"x","m":{"k":1}},"d":"2024-01-02","t":"2024-01-02T00:00:00","e":"2024-13-45","f":1.5,"l":[1],"z":null}""", Fields = { { "f", DataType.String }, { "u.m", DataType.Json }, { "w", DataType.Bool } } };
        Assert.Equal("p.u.n string, p.d date, p.t timestamp, p.e string, p.f string, p.l json, p.z string, p.u.m json, p.w bool", StageTest.SchemaOf(stage, StageTest.SchemaFrom("p json")));
        Assert.NotNull(StageTest.BindError(new FlattenStage { Column = "p", Example = "[1]" }, StageTest.SchemaFrom("p json")).Hint);
        Assert.NotNull(StageTest.BindError(new FlattenStage { Column = "p", Example = "{" }, StageTest.SchemaFrom("p json")).Hint);
    }

    private static FlattenStage Stage() => new() { Column = "p", Fields = { { "a.b", DataType.Int64 }, { "a.c", DataType.Json }, { "s", DataType.String } } };

    private static RecordBatch Row(string json) => JsonRows.Parse([$$"""{"p":{{JsonSerializer.Serialize(json)}}}"""], StageTest.SchemaFrom("p string"));
}
