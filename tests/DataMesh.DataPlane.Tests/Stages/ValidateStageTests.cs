using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages;

public class ValidateStageTests
{
    [Theory]
    [InlineData("between 1 and 2", """{"a":1} {"a":null}""")]
    [InlineData("not between 1 and 2", """{"a":5} {"a":null}""")]
    [InlineData("not null", """{"a":1} {"a":5}""")]
    [InlineData("in (1, 7)", """{"a":1} {"a":null}""")]
    [InlineData("not in (1, 7)", """{"a":5} {"a":null}""")]
    [InlineData("> 2", """{"a":5} {"a":null}""")]
    [InlineData(" = 1", """{"a":1} {"a":null}""")]
    [InlineData("is not null", """{"a":1} {"a":5}""")]
    [InlineData("a + 1 < 3", """{"a":1} {"a":null}""")]
    public void Rules_take_many_forms(string rule, string kept)
    {
        using var result = StageRunner.Run(Validate(("a", rule, OnFail.Quarantine)), [JsonRows.Parse("""{"a":1} {"a":5} {"a":null}""")]);
        StageTest.Rows(kept, result.Rows());
        var bad = Assert.Single(result.Quarantined);
        Assert.Equal((QuarantineReasons.RuleFailed, "a"), (bad.Reason, bad.Rule));
        Assert.Contains(rule.Trim(), bad.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_is_set_aside_for_its_first_broken_rule_only()
    {
        var stage = Validate(("first", "a > 0", OnFail.Quarantine), ("second", "b > 0", OnFail.Quarantine));
        using var result = StageRunner.Run(stage, [JsonRows.Parse("""{"a":0,"b":0} {"a":1,"b":0} {"a":1,"b":1}""")]);
        StageTest.Rows("""{"a":1,"b":1}""", result.Rows());
        Assert.Equal(["first", "second"], result.Quarantined.Select(row => row.Rule));
        Assert.Equal("a = 0 breaks the rule 'a > 0'", result.Quarantined[0].Detail);
    }

    [Fact]
    public void Dropping_and_warning_are_accounted_for()
    {
        var stage = Validate(("small", "a < 3", OnFail.Drop), ("odd", "a <> 2", OnFail.Warn), ("positive", "a > 0", OnFail.Quarantine));
        using var result = StageRunner.Run(stage, [JsonRows.Parse("""{"a":1} {"a":2} {"a":3} {"a":-1}""")]);
        StageTest.Rows("""{"a":1} {"a":2}""", result.Rows());
        Assert.Equal((1, 1, 1), (result.Ledger.Filtered, result.Ledger.Quarantined, result.Warnings["odd"]));
    }

    [Fact]
    public void A_rule_that_can_not_be_computed_is_no_broken_rule()
    {
        using var result = StageRunner.Run(Validate(("sum", "a + 1 < 5", OnFail.Drop)), [JsonRows.Parse("""{"a":9223372036854775807} {"a":1}""")]);
        Assert.Equal(QuarantineReasons.ExpressionFailed, Assert.Single(result.Quarantined).Reason);
        Assert.Equal(0, result.Ledger.Filtered);
    }

    [Fact]
    public void Columns_of_awkward_names_can_be_checked() =>
        StageTest.Gives(Validate(("Cost Total $", "> 0", OnFail.Quarantine)), """{"Cost Total $": 1}""", """{"Cost Total $": 1}""");

    [Fact]
    public void Errors_point_into_the_pipeline_file()
    {
        var schema = StageTest.SchemaFrom("speed int64");
        var rule = new ValidateRule { Rule = new ExpressionText("between 0 and sped", new Location("p.yaml", 7, 20)) };
        var stage = new ValidateStage { Rules = { new("speed", rule, new Location("p.yaml", 7, 13)) } };
        Assert.Equal(new Location("p.yaml", 7, 34), StageTest.BindError(stage, schema).Location);
        Assert.Equal("did you mean 'speed'?", StageTest.BindError(Validate(("sped", "> 0", OnFail.Drop)), schema).Hint);
        Assert.Equal("use deduplicate: [speed]", StageTest.BindError(Validate(("speed", "unique", OnFail.Drop)), schema).Hint);
    }

    private static ValidateStage Validate(params (string Name, string Rule, OnFail OnFail)[] rules)
    {
        var stage = new ValidateStage();
        foreach (var (name, rule, onFail) in rules) stage.Rules.Add(name, new ValidateRule { Rule = new ExpressionText(rule), OnFail = onFail });
        return stage;
    }
}
