using DataMesh.Core.Columns;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages;

public class CastStageTests
{
    [Fact]
    public void A_row_that_fails_in_two_columns_is_set_aside_once_with_its_value()
    {
        var stage = new CastStage { Columns = { { "a", Rule(DataType.Int64) }, { "b", Rule(DataType.Float64) } } };
        using var result = StageRunner.Run(stage, [JsonRows.Parse("""{"a":"x","b":"y"} {"a":"1","b":"z"} {"a":" 2 ","b":"2.5"} {"a":null,"b":null}""")]);
        StageTest.Rows("""{"a":2,"b":2.5} {"a":null,"b":null}""", result.Rows());
        Assert.Equal(["a", "b"], result.Quarantined.Select(row => row.Rule));
        Assert.Equal("'x', which is not a value of type int64.", result.Quarantined[0].Detail);
        Assert.Equal("""{"a":"x","b":"y"}""", result.Quarantined[0].Row);
    }

    [Fact]
    public void The_rule_decides_before_the_stage_what_becomes_of_a_failure()
    {
        var stage = new CastStage { OnError = OnError.Null, Columns = { { "a", Rule(DataType.Int64) }, { "b", Rule(DataType.Int64, OnError.Quarantine) } } };
        StageTest.Gives(stage, """{"a":"x","b":"1"} {"a":"1","b":"x"}""", """{"a":null,"b":1}""", "cast_failed");
    }

    [Fact]
    public void Fail_stops_with_the_value()
    {
        var stage = new CastStage { OnError = OnError.Fail, Columns = { { "a", Rule(DataType.Int64) } } };
        var error = Assert.Throws<DataMeshException>(() => StageRunner.Run(stage, [JsonRows.Parse("""{"a":"x"}""")]));
        Assert.Equal("The column 'a' holds 'x', which is not a value of type int64.", error.Message);
    }

    [Fact]
    public void Formats_are_tried_in_order_and_patterns_name_many_columns()
    {
        var rule = new CastRule { Type = DataType.Date, Format = ["%d.%m.%Y", "yyyy/MM/dd"] };
        StageTest.Gives(new CastStage { Columns = { { "d*", rule } } }, """{"d1":"31.12.2023","d2":"2024/02/29","x":"1"}""", """{"d1":"2023-12-31","d2":"2024-02-29","x":"1"}""");
    }

    [Fact]
    public void A_column_that_can_fail_rows_is_read_even_if_nobody_needs_it()
    {
        var schema = StageTest.SchemaFrom("a string, b string, c string");
        var stage = new CastStage { Columns = { { "a", Rule(DataType.Int64) }, { "b", Rule(DataType.Int64, OnError.Null) } } };
        Assert.Equal("a,c", StageTest.RequiredBy(stage, schema, "c"));
    }

    [Fact]
    public void Casts_that_do_not_exist_and_wrong_formats_are_found_when_binding()
    {
        var schema = StageTest.SchemaFrom("flag bool, day string");
        Assert.NotNull(StageTest.BindError(new CastStage { Columns = { { "flag", Rule(DataType.Date) } } }, schema));
        Assert.NotNull(StageTest.BindError(new CastStage { Columns = { { "day", new CastRule { Type = DataType.Timestamp, Timezone = "Europe/Berlim" } } } }, schema).Hint);
        Assert.Equal("did you mean 'day'?", StageTest.BindError(new CastStage { Columns = { { "days", Rule(DataType.Date) } } }, schema).Hint);
    }

    private static CastRule Rule(DataType type, OnError? onError = null) => new() { Type = type, OnError = onError };

    [Theory]
    [InlineData("1234,5", "`standardise: { price: { number: { type: float64, decimal: \",\" } } }` reads numbers with a decimal comma")]
    [InlineData("1.234,50", "`standardise: { price: { number: { type: float64, decimal: \",\" } } }` reads numbers with a decimal comma")]
    [InlineData("1,234.50", "`standardise: { price: { number: float64 } }` reads numbers with commas between thousands")]
    [InlineData("a, b", "`on_error: quarantine` sets such rows aside")]
    public void Numbers_in_other_spellings_name_the_option_that_reads_them(string text, string hint)
    {
        var stage = new CastStage { Columns = { { "price", Rule(DataType.Float64) } }, OnError = OnError.Fail };
        var error = Assert.Throws<DataMeshException>(() => StageTest.Gives(stage, $$"""{"price": "{{text}}"}""", ""));
        Assert.Equal(hint, error.Hint);
    }
}
