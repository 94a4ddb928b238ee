using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Stages;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages;

public class DeriveStageTests
{
    [Fact]
    public void Later_expressions_see_earlier_columns_and_replaced_ones_keep_their_place() =>
        StageTest.Gives(Derive(("b", "a + 1"), ("a", "b * 10"), ("c", "a")), """{"a":1,"z":0}""", """{"a":20,"z":0,"b":2,"c":20}""");

    [Fact]
    public void The_schema_follows()
    {
        var schema = StageTest.SchemaOf(Derive(("A", "a > 1"), ("n", "null")), StageTest.SchemaFrom("a int64, b string"));
        Assert.Equal("a bool, b string, n null", schema);
    }

    [Fact]
    public void A_row_that_fails_twice_is_set_aside_once()
    {
        using var result = StageRunner.Run(Derive(("b", "a + 1"), ("c", "a + 2")), [JsonRows.Parse("""{"a":9223372036854775807} {"a":9223372036854775806} {"a":1}""")]);
        StageTest.Rows("""{"a":1,"b":2,"c":3}""", result.Rows());
        Assert.Equal(["a + 1", "a + 2"], result.Quarantined.Select(row => row.Rule));
        Assert.Equal("""{"a":9223372036854775807}""", result.Quarantined[0].Row);
    }

    [Fact]
    public void Needs_what_its_expressions_read_even_if_nobody_needs_the_result()
    {
        var schema = StageTest.SchemaFrom("a int64, b int64, c int64");
        var stage = Derive(("x", "a + 1"), ("y", "x + b"));
        Assert.Equal("a,b,c", StageTest.RequiredBy(stage, schema, "c"));
        Assert.Equal("a,b", StageTest.RequiredBy(stage, schema, "y"));
    }

    [Fact]
    public void Needs_the_origin_of_rows_only_where_a_row_can_fail()
    {
        var schema = StageTest.SchemaFrom("x float64, i int64");
        Assert.False(Derive(("y", "(x + coalesce(x, 0.0)) * 1.08"), ("z", "-y + i")).Bind(schema, StageRunner.DefaultContext).NeedsOrigin);
        Assert.True(Derive(("y", "x + 1"), ("z", "i + 1")).Bind(schema, StageRunner.DefaultContext).NeedsOrigin);
    }

    private static DeriveStage Derive(params (string Name, string Text)[] columns)
    {
        var stage = new DeriveStage();
        foreach (var (name, text) in columns) stage.Columns.Add(name, new ExpressionText(text));
        return stage;
    }
}
