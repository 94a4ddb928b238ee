using System.Text.Json.Nodes;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Stages;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages;

public class FillStageTests
{
    [Theory]
    [InlineData("string", "it's \"so\"", "\"it's \\\"so\\\"\"")]
    [InlineData("int64", "-7", "-7")]
    [InlineData("float64", "1.5", "1.5")]
    [InlineData("decimal(10;2)", "1.5", "1.50")]
    [InlineData("bool", "true", "true")]
    [InlineData("date", "2024-02-29", "\"2024-02-29\"")]
    [InlineData("timestamp", "2024-02-29T01:02:03Z", "\"2024-02-29T01:02:03Z\"")]
    [InlineData("null", "7", "7")]
    public void Constants_are_values_of_the_columns_type(string type, string constant, string expected)
    {
        var schema = StageTest.SchemaFrom("a " + type);
        StageTest.Gives(Fill(constant), JsonRows.Parse(["{}"], schema), $$"""{"a":{{expected}}}""");
    }

    [Fact]
    public void An_expression_sees_what_was_filled_before()
    {
        var stage = new FillStage { Columns = { { "a", new FillRule { Value = "5" } }, { "b", new FillRule { Expression = new ExpressionText("a * 2") } } } };
        StageTest.Gives(stage, """{"a":null,"b":1} {"a":null,"b":null} {"a":1,"b":null}""", """{"a":5,"b":1} {"a":5,"b":10} {"a":1,"b":2}""");
    }

    [Fact]
    public void Types_must_agree()
    {
        var schema = StageTest.SchemaFrom("a int64, b string");
        Assert.Equal("'many' is not a value of the column 'a', which is int64.", StageTest.BindError(Fill("many"), schema).Message);
        Assert.NotNull(StageTest.BindError(new FillStage { Columns = { { "a", new FillRule { Expression = new ExpressionText("1.5") } } } }, schema).Hint);
        Assert.NotNull(StageTest.BindError(new FillStage { Columns = { { "a", new FillRule() } } }, schema).Hint);
        Assert.NotNull(StageTest.BindError(new FillStage { Columns = { { "ab", new FillRule { Value = "1" } } } }, schema).Hint);
    }

    [Fact]
    public void The_previous_value_is_that_of_the_source_per_key_and_never_a_filled_one()
    {
        var random = new Random(5);
        var lines = Enumerable.Range(0, 1_500).Select(_ =>
            $$"""{"k":{{(random.Next(9) == 0 ? "null" : random.Next(12))}},"j":"j{{random.Next(2)}}","n":{{Or(random, random.Next(1000))}},"d":{{Or(random, random.Next(1000) + ".5")}},"s":{{Or(random, $"\"s{random.Next(50)}\"")}},"b":{{Or(random, random.Next(2) == 0 ? "true" : "false")}}}""").ToList();
        using var rows = JsonRows.Parse(string.Join('\n', lines));
        var expected = Reference(lines);
        foreach (var cut in new[] { 1, 7, 300, 1_500 })
        {
            Assert.Equal(expected, MergingTest.Run(Previous("k", "j"), rows, cut, 1, encoded: false));
            Assert.Equal(expected, MergingTest.Run(Previous("k", "j"), rows, cut, 1, encoded: true));
        }
    }

    [Fact]
    public void Every_type_is_carried_from_batch_to_batch()
    {
        var schema = StageTest.SchemaFrom("a date, b timestamp, c decimal(10;2), d float64, e string, f bool, g null");
        var stage = new FillStage { Columns = { { "*", new FillRule { Previous = true } } } };
        const string first = """{"a":"2024-01-02","b":"2024-01-02T03:04:05Z","c":1.25,"d":0.5,"e":"x","f":true,"g":null}""";
        using var result = StageRunner.Run(stage, [JsonRows.Parse([first], schema), JsonRows.Parse(["{}"], schema)]);
        StageTest.Rows($"{first} {first}", result.Rows());
    }

    [Fact]
    public void What_the_previous_value_needs_is_read_even_when_nobody_wants_it()
    {
        var schema = StageTest.SchemaFrom("k int64, n int64, z int64");
        Assert.Equal("k,n,z", StageTest.RequiredBy(new FillStage { Columns = { { "n", new FillRule { Previous = true, By = ["k"] } } } }, schema, "z"));
    }

    [Fact]
    public void Keys_of_previous_values_must_be_there_and_stand_with_previous()
    {
        var schema = StageTest.SchemaFrom("a int64, b int64");
        Assert.Contains("'by' goes with 'previous' alone", StageTest.BindError(new FillStage { Columns = { { "a", new FillRule { Value = "1", By = ["b"] } } } }, schema).Message, StringComparison.Ordinal);
        Assert.NotNull(StageTest.BindError(new FillStage { Columns = { { "a", new FillRule { Previous = true, By = ["bb"] } } } }, schema).Hint);
    }

    private static string Or(Random random, object value) => random.Next(3) == 0 ? value.ToString()! : "null";

    private static FillStage Previous(params string[] by) => new()
    {
        Columns =
        {
            { "n", new FillRule { Previous = true, By = by } }, { "s", new FillRule { Previous = true, By = by, Value = "none" } },
            { "d", new FillRule { Previous = true } }, { "b", new FillRule { Previous = true, By = ["j"] } },
        },
    };

    private static List<string> Reference(IEnumerable<string> lines)
    {
        var last = new Dictionary<string, JsonNode>();
        var filled = new List<string>();
        foreach (var line in lines)
        {
            var row = JsonNode.Parse(line)!.AsObject();
            var pair = $"{row["k"]?.ToString() ?? "-"} {row["j"]}";
            foreach (var (name, key) in new[] { ("n", pair), ("s", pair), ("d", ""), ("b", row["j"]!.ToString()) })
            {
                if (row[name] is { } value) last[name + key] = value.DeepClone();
                else if (last.TryGetValue(name + key, out var before)) row[name] = before.DeepClone();
                else if (name == "s") row[name] = "none";
            }

            filled.Add(row.ToJsonString());
        }

        return filled;
    }

    private static FillStage Fill(string constant) => new() { Columns = { { "a", new FillRule { Value = constant } } } };
}
