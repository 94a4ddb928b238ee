using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages;

public class FilterStageTests
{
    [Fact]
    public void Keeps_true_and_counts_false_and_null()
    {
        using var result = StageRunner.Run(Filter("a > 1 and b"), [JsonRows.Parse("""{"a":2,"b":true} {"a":1,"b":true} {"a":3,"b":null} {"a":4,"b":true}""")]);
        StageTest.Rows("""{"a":2,"b":true} {"a":4,"b":true}""", result.Rows());
        Assert.Equal(2, result.Ledger.Filtered);
    }

    [Fact]
    public void A_batch_of_which_all_rows_pass_goes_on_uncopied()
    {
        using var input = JsonRows.Parse("""{"a":2} {"a":3}""");
        using var result = StageRunner.Run(Filter("a > 0"), [input.Share()]);
        Assert.Same(input[0], result.Outputs[0][0][0]);
    }

    [Fact]
    public void Rows_that_can_not_be_computed_go_to_quarantine()
    {
        using var result = StageRunner.Run(Filter("a * 2 > 0"), [JsonRows.Parse("""{"a":9223372036854775807} {"a":1} {"a":-1}""")]);
        StageTest.Rows("""{"a":1}""", result.Rows());
        var bad = Assert.Single(result.Quarantined);
        Assert.Equal((QuarantineReasons.ExpressionFailed, "a * 2 > 0"), (bad.Reason, bad.Rule));
        Assert.Equal(1, result.Ledger.Filtered);
    }

    [Theory]
    [InlineData("x > 10 and t = 'a'", false)]
    [InlineData("coalesce(x, 0.0) * 1.08 / x between 1 and 2", false)]
    [InlineData("case when i > 1 then x else i end > 3", false)]
    [InlineData("i in (1, 2) or try_cast(t as int64) is null", false)]
    [InlineData("i * 2 > 10", true)]
    [InlineData("x > 1 and i + 1 > 2", true)]
    [InlineData("cast(t as int64) > 1", true)]
    [InlineData("coalesce(x, cast(t as float64)) > 1", true)]
    [InlineData("d + d > 1", true)]
    public void Needs_the_origin_of_rows_only_where_a_row_can_fail(string condition, bool needed) =>
        Assert.Equal(needed, Filter(condition).Bind(StageTest.SchemaFrom("x float64, i int64, t string, d decimal(10;2)"), StageRunner.DefaultContext).NeedsOrigin);

    [Fact]
    public void Needs_its_own_columns_besides_those_of_later_stages()
    {
        var schema = StageTest.SchemaFrom("a int64, b int64, c int64");
        Assert.Equal("a,b", StageTest.RequiredBy(Filter("B > 1"), schema, "a"));
        Assert.Equal("(all)", StageTest.RequiredBy(Filter("b > 1"), schema));
    }

    [Fact]
    public void A_condition_must_be_true_or_false()
    {
        Assert.NotNull(StageTest.BindError(Filter("a"), StageTest.SchemaFrom("a int64")).Hint);
        var stage = new FilterStage { Condition = new ExpressionText("prise > 1", new Location("p.yaml", 4, 13)) };
        var error = StageTest.BindError(stage, StageTest.SchemaFrom("price int64"));
        Assert.Equal(new Location("p.yaml", 4, 13), error.Location);
        Assert.Contains("price", error.Hint, StringComparison.Ordinal);
    }

    private static FilterStage Filter(string condition) => new() { Condition = new ExpressionText(condition) };
}
