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

    private static FlattenStage Stage() => new() { Column = "p", Fields = { { "a.b", DataType.Int64 }, { "a.c", DataType.Json }, { "s", DataType.String } } };

    private static RecordBatch Row(string json) => JsonRows.Parse([$$"""{"p":{{JsonSerializer.Serialize(json)}}}"""], StageTest.SchemaFrom("p string"));
}
