using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages;

public class UnionStageTests
{
    [Fact]
    public void Columns_meet_by_name_and_missing_ones_are_null()
    {
        using var result = StageRunner.RunInputs(new UnionStage(), [[JsonRows.Parse("""{"a":1,"b":"x"}""")], [JsonRows.Parse("""{"c":true,"A":2}""")]]);
        Assert.Equal("a int64, b string, c bool", result.Schemas[0].ToString());
        StageTest.Rows("""{"a":1,"b":"x","c":null} {"a":2,"b":null,"c":true}""", result.Rows());
    }

    [Theory]
    [InlineData("int64", "float64", "float64")]
    [InlineData("null", "date", "date")]
    [InlineData("timestamp", "date", "timestamp")]
    [InlineData("string", "string", "string")]
    public void Types_widen(string first, string second, string expected)
    {
        var bound = new UnionStage().Bind([StageTest.SchemaFrom("a " + first), StageTest.SchemaFrom("a " + second)], StageRunner.DefaultContext);
        Assert.Equal("a " + expected, bound.OutputSchemas[0].ToString());
    }

    [Fact]
    public void Values_are_converted()
    {
        var dates = JsonRows.Parse("""{"t":"2024-01-01","n":1}""", StageTest.SchemaFrom("t date, n int64"));
        var times = JsonRows.Parse("""{"t":"2024-01-01T10:00:00Z","n":1.5}""", StageTest.SchemaFrom("t timestamp, n float64"));
        using var result = StageRunner.RunInputs(new UnionStage(), [[dates], [times]]);
        StageTest.Rows("""{"t":"2024-01-01T00:00:00Z","n":1} {"t":"2024-01-01T10:00:00Z","n":1.5}""", result.Rows());
    }

    [Fact]
    public void Types_that_disagree_are_an_error_with_a_cast_to_write()
    {
        var error = Assert.Throws<DataMeshException>(() =>
            new UnionStage().Bind([StageTest.SchemaFrom("a int64"), StageTest.SchemaFrom("a bool")], StageRunner.DefaultContext));
        Assert.Contains("cast: { a: string }", error.Hint, StringComparison.Ordinal);
    }
}
