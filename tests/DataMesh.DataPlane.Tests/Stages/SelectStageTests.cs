using DataMesh.DataPlane.Stages;

namespace DataMesh.DataPlane.Tests.Stages;

public class SelectStageTests
{
    [Fact]
    public void Keeps_names_and_patterns_in_order_without_repeats() =>
        StageTest.Gives(new SelectStage { Columns = ["c", "a?", "*"] }, """{"a1":1,"b":2,"c":3,"a2":4}""", """{"c":3,"a1":1,"a2":4,"b":2}""");

    [Fact]
    public void A_name_that_looks_like_a_pattern_is_found_by_name() =>
        Assert.Equal("x* int64", StageTest.SchemaOf(new SelectStage { Columns = ["x*"] }, StageTest.SchemaFrom("x* int64, xy int64")));

    [Fact]
    public void Needs_only_what_later_stages_need()
    {
        var schema = StageTest.SchemaFrom("a int64, b int64, c int64");
        var stage = new SelectStage { Columns = ["c", "b"] };
        Assert.Equal("b,c", StageTest.RequiredBy(stage, schema));
        Assert.Equal("b", StageTest.RequiredBy(stage, schema, "b"));
        Assert.Equal("b int64", StageTest.SchemaOf(stage, StageTest.SchemaFrom("b int64"), StageTest.Pruned));
    }

    [Fact]
    public void Names_the_nearest_column()
    {
        var schema = StageTest.SchemaFrom("price int64, cost_a int64");
        Assert.Equal("did you mean 'price'?", StageTest.BindError(new SelectStage { Columns = ["prize"] }, schema).Hint);
        Assert.Equal("No column matches 'coast_*'.", StageTest.BindError(new SelectStage { Columns = ["coast_*"] }, schema).Message);
    }
}
