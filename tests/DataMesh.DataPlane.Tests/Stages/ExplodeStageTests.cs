using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.DataPlane.Stages;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages;

public class ExplodeStageTests
{
    private const string Input = """{"id":1,"v":[1,null,3],"z":"a"} {"id":2,"v":[],"z":"b"} {"id":3,"v":null,"z":"c"}""";

    [Fact]
    public void One_row_per_element_and_the_ledger_knows()
    {
        using var result = StageRunner.Run(new ExplodeStage { Column = "v", Type = DataType.Int64, Position = "n" }, [JsonRows.Parse(Input)]);
        StageTest.Rows(
            """{"id":1,"v":1,"n":0,"z":"a"} {"id":1,"v":null,"n":1,"z":"a"} {"id":1,"v":3,"n":2,"z":"a"} {"id":2,"v":null,"n":null,"z":"b"} {"id":3,"v":null,"n":null,"z":"c"}""",
            result.Rows());
        Assert.Equal((2, 0), (result.Ledger.Created, result.Ledger.Filtered));
    }

    [Fact]
    public void Rows_without_elements_can_be_dropped()
    {
        using var result = StageRunner.Run(new ExplodeStage { Column = "v", Empty = EmptyArray.Drop }, [JsonRows.Parse(Input)]);
        Assert.Equal(3, result.Rows().Count);
        Assert.Equal((2, 2), (result.Ledger.Created, result.Ledger.Filtered));
    }

    [Theory]
    [InlineData("[1,2,\"x\"]")]
    [InlineData("{\"a\":1}")]
    [InlineData("7")]
    [InlineData("[1,")]
    [InlineData("[1] 2")]
    public void A_row_goes_to_quarantine_whole_or_not_at_all(string json)
    {
        var schema = StageTest.SchemaFrom("id int64, v json");
        var builder = new ColumnBuilder(DataType.Json);
        builder.Append("[1]");
        builder.Append(json);
        builder.Append("[2,3]");
        var batch = new RecordBatch(schema, [FixedColumn<long>.From(DataType.Int64, [1, 2, 3]), builder.Build()], 3);
        StageTest.Gives(new ExplodeStage { Column = "v", Type = DataType.Int64 }, batch, """{"id":1,"v":1} {"id":3,"v":2} {"id":3,"v":3}""", "cast_failed");
    }

    [Fact]
    public void Objects_become_columns_and_null_elements_null()
    {
        var stage = new ExplodeStage { Column = "v", As = "item", Fields = { { "a", DataType.Int64 }, { "b.c", DataType.String } } };
        StageTest.Gives(stage, """{"v":[{"a":1,"b":{"c":"x"}},null,{}]} {"v":[5]}""", """{"item.a":1,"item.b.c":"x"} {} {}""", "cast_failed");
    }

    [Fact]
    public void Long_arrays_come_out_in_batches_within_the_limits()
    {
        var array = $"[{string.Join(',', Enumerable.Range(0, 50_000))}]";
        var batch = JsonRows.Parse([.. Enumerable.Range(0, 5).Select(i => $$"""{"id":{{i}},"v":{{array}}}""")]);
        using var result = StageRunner.Run(new ExplodeStage { Column = "v", Type = DataType.Int64 }, [batch]);
        Assert.Equal(250_000, result.Ledger.Out);
        Assert.Equal(3, result.Outputs[0].Count);
        Assert.All(result.Outputs[0], each => Assert.InRange(each.Length, 1, Limits.BatchRowsMax + 50_000));
    }

    [Fact]
    public void Always_needs_its_array() =>
        Assert.Equal("id,v", StageTest.RequiredBy(new ExplodeStage { Column = "v" }, StageTest.SchemaFrom("id int64, v json, z string"), "id"));

    [Fact]
    public void Only_columns_of_json_explode() =>
        Assert.NotNull(StageTest.BindError(new ExplodeStage { Column = "v" }, StageTest.SchemaFrom("v float64")).Hint);
}
