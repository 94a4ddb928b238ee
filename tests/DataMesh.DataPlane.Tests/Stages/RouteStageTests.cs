using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Stages;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages;

public class RouteStageTests
{
    private const string Input = """{"a":1} {"a":2} {"a":3} {"a":null}""";

    [Fact]
    public void First_match_wins_and_else_takes_the_rest()
    {
        using var result = Run(RouteMode.First, ("big", "a > 1"), ("rest", "else"), ("huge", "a > 2"));
        StageTest.Rows("""{"a":2} {"a":3}""", result.Rows(0));
        StageTest.Rows("""{"a":1} {"a":null}""", result.Rows(1));
        Assert.Empty(result.Rows(2));
        Assert.Equal((0, 0), (result.Ledger.Created, result.Ledger.Filtered));
    }

    [Fact]
    public void All_matches_create_rows()
    {
        using var result = Run(RouteMode.All, ("big", "a > 1"), ("huge", "a > 2"));
        StageTest.Rows("""{"a":2} {"a":3}""", result.Rows(0));
        StageTest.Rows("""{"a":3}""", result.Rows(1));
        Assert.Equal((1, 2), (result.Ledger.Created, result.Ledger.Filtered));
    }

    [Theory]
    [InlineData(RouteMode.First)]
    [InlineData(RouteMode.All)]
    public void Rows_that_can_not_be_computed_go_nowhere_but_to_quarantine(RouteMode mode)
    {
        var stage = Route(mode, ("all", "true"), ("sum", "a + 1 > 0"), ("rest", "else"));
        using var result = StageRunner.Run(stage, [JsonRows.Parse("""{"a":9223372036854775807} {"a":1}""")]);
        StageTest.Rows("""{"a":1}""", result.Rows(0));
        Assert.Empty(result.Rows(2));
        Assert.Equal(QuarantineReasons.ExpressionFailed, Assert.Single(result.Quarantined).Reason);
    }

    [Fact]
    public void Outputs_are_named_before_binding() => Assert.Equal(["big", "rest"], Route(RouteMode.First, ("big", "a > 1"), ("rest", "ELSE")).Outputs);

    [Fact]
    public void Two_elses_or_no_output_are_errors()
    {
        var schema = StageTest.SchemaFrom("a int64");
        Assert.Contains("`else`", StageTest.BindError(Route(RouteMode.First, ("x", "else"), ("y", "else")), schema).Message, StringComparison.Ordinal);
        Assert.NotNull(StageTest.BindError(new RouteStage(), schema).Hint);
    }

    private static StageRunResult Run(RouteMode mode, params (string Name, string Text)[] outputs) => StageRunner.Run(Route(mode, outputs), [JsonRows.Parse(Input)]);

    private static RouteStage Route(RouteMode mode, params (string Name, string Text)[] outputs)
    {
        var stage = new RouteStage { Mode = mode };
        foreach (var (name, text) in outputs) stage.To.Add(name, new ExpressionText(text));
        return stage;
    }
}
