using DataMesh.DataPlane.Stages;

namespace DataMesh.DataPlane.Tests.Stages;

public class DropStageTests
{
    [Fact]
    public void Leaves_out_names_and_patterns() =>
        StageTest.Gives(new DropStage { Columns = ["b", "t_*"] }, """{"a":1,"b":2,"t_x":3,"t_y":4}""", """{"a":1}""");

    [Fact]
    public void A_missing_column_is_an_error_unless_said_otherwise()
    {
        var schema = StageTest.SchemaFrom("note string");
        Assert.Equal("did you mean 'note'?", StageTest.BindError(new DropStage { Columns = ["notes"] }, schema).Hint);
        Assert.Equal("note string", StageTest.SchemaOf(new DropStage { Columns = ["notes", "x*"], IgnoreMissing = true }, schema));
        Assert.Equal("note string", StageTest.SchemaOf(new DropStage { Columns = ["notes"] }, schema, StageTest.Pruned));
    }

    [Fact]
    public void Dropped_columns_are_not_needed() =>
        Assert.Equal("a", StageTest.RequiredBy(new DropStage { Columns = ["b"] }, StageTest.SchemaFrom("a int64, b int64")));
}
