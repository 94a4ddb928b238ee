using DataMesh.Core.Columns;
using DataMesh.DataPlane.Stages;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages;

public class ProfileStageTests
{
    [Fact]
    public void Gives_one_row_per_column() => StageTest.Gives(
        new ProfileStage { Columns = ["b", "a"] },
        """{"a":1,"b":true,"c":"x"} {"a":null,"b":true,"c":"y"}""",
        """
        {"column":"b","type":"bool","count":2,"nulls":0,"null_fraction":0,"distinct":1,"min":"true","max":"true","true_fraction":1,"top":[{"value":"true","count":2}]}
        {"column":"a","type":"int64","count":2,"nulls":1,"null_fraction":0.5,"distinct":1,"min":"1","max":"1","mean":"1","q05":"1","q25":"1","q50":"1","q75":"1","q95":"1"}
        """);

    [Fact]
    public void Absorbs_rows_and_creates_columns()
    {
        using var result = StageRunner.Run(new ProfileStage(), [JsonRows.Parse("""{"a":1,"b":2} {"a":1,"b":2} {"a":3,"b":2}"""), JsonRows.Parse("""{"a":1,"b":2}""")], workers: 2);
        Assert.Equal(new StageLedger(4, 2, 2, 0, 0, 0, 4), result.Ledger);
    }

    [Fact]
    public void Nothing_is_profiled_as_nothing() => StageTest.Gives(
        new ProfileStage(), JsonRows.Parse("", StageTest.SchemaFrom("a float64")), """{"column":"a","type":"float64","count":0,"nulls":0,"null_fraction":0,"distinct":0}""");

    [Fact]
    public void Needs_its_columns_alone() =>
        Assert.Equal("b", StageTest.RequiredBy(new ProfileStage { Columns = ["b"] }, StageTest.SchemaFrom("a int64, b int64")));

    [Fact]
    public void Names_the_nearest_column() =>
        Assert.Equal("did you mean 'price'?", StageTest.BindError(new ProfileStage { Columns = ["prize"] }, StageTest.SchemaFrom("price int64")).Hint);
}
