using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Stages;

namespace DataMesh.DataPlane.Tests.Stages;

public class FillStageTests
{
    [Theory]
    [InlineData("string", "it's \"so\"", "\"it's \\\"so\\\"\"")]
    [InlineData("int64", "-7", "-7")]
    [InlineData("float64", "1.5", "1.5")]
    [InlineData("decimal(10;2)", "1.5", "1.50")]
    [InlineData("bool", "true", "true")]
    [InlineData("date", "2024-02-29", "\"2024-02-29\"")]
    [InlineData("timestamp", "2024-02-29T01:02:03Z", "\"2024-02-29T01:02:03Z\"")]
    [InlineData("null", "7", "7")]
    public void Constants_are_values_of_the_columns_type(string type, string constant, string expected)
    {
        var schema = StageTest.SchemaFrom("a " + type);
        StageTest.Gives(Fill(constant), JsonRows.Parse(["{}"], schema), $$"""{"a":{{expected}}}""");
    }

    [Fact]
    public void An_expression_sees_what_was_filled_before()
    {
        var stage = new FillStage { Columns = { { "a", new FillRule { Value = "5" } }, { "b", new FillRule { Expression = new ExpressionText("a * 2") } } } };
        StageTest.Gives(stage, """{"a":null,"b":1} {"a":null,"b":null} {"a":1,"b":null}""", """{"a":5,"b":1} {"a":5,"b":10} {"a":1,"b":2}""");
    }

    [Fact]
    public void Types_must_agree()
    {
        var schema = StageTest.SchemaFrom("a int64, b string");
        Assert.Equal("'many' is not a value of the column 'a', which is int64.", StageTest.BindError(Fill("many"), schema).Message);
        Assert.NotNull(StageTest.BindError(new FillStage { Columns = { { "a", new FillRule { Expression = new ExpressionText("1.5") } } } }, schema).Hint);
        Assert.NotNull(StageTest.BindError(new FillStage { Columns = { { "a", new FillRule() } } }, schema).Hint);
        Assert.NotNull(StageTest.BindError(new FillStage { Columns = { { "ab", new FillRule { Value = "1" } } } }, schema).Hint);
    }

    private static FillStage Fill(string constant) => new() { Columns = { { "a", new FillRule { Value = constant } } } };
}
