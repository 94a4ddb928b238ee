using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages;

namespace DataMesh.DataPlane.Tests.Stages;

public class RenameStageTests
{
    [Fact]
    public void Two_columns_can_swap_names() =>
        StageTest.Gives(new RenameStage { Columns = { { "a", "b" }, { "b", "a" } } }, """{"a":1,"b":2}""", """{"b":1,"a":2}""");

    [Theory]
    [InlineData("Cost Total $", "cost_total")]
    [InlineData("flightDate", "flight_date")]
    [InlineData("HTTPStatus2Code", "http_status2_code")]
    [InlineData("properties.magType", "properties.mag_type")]
    [InlineData("  Größe (m²) ", "größe_m")]
    [InlineData("$$", "$$")]
    [InlineData("already_fine", "already_fine")]
    public void Snake_case(string name, string expected) =>
        Assert.Equal(expected + " int64", StageTest.SchemaOf(new RenameStage { Style = NameStyle.SnakeCase }, new([new(name, Core.Columns.DataType.Int64)])));

    [Fact]
    public void Needs_the_old_names()
    {
        var stage = new RenameStage { Columns = { { "A", "x" } } };
        Assert.Equal("a,b", StageTest.RequiredBy(stage, StageTest.SchemaFrom("a int64, b int64, c int64"), "x", "b"));
        Assert.Equal("b int64", StageTest.SchemaOf(stage, StageTest.SchemaFrom("b int64"), StageTest.Pruned));
    }

    [Fact]
    public void Errors_say_what_and_where()
    {
        var schema = StageTest.SchemaFrom("price int64, Price_ string");
        Assert.Contains("Two columns are named 'price'", StageTest.BindError(new RenameStage { Style = NameStyle.SnakeCase }, schema).Message, StringComparison.Ordinal);
        var stage = new RenameStage { Columns = { new("prise", "x", new Location("p.yaml", 3, 5)) } };
        Assert.Equal("p.yaml:3:5: There is no column 'prise' here.\n  hint: did you mean 'price'?", StageTest.BindError(stage, schema).Render());
    }
}
