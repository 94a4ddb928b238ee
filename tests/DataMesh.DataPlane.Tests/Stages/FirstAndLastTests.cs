using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Stages;

namespace DataMesh.DataPlane.Tests.Stages;

/// <summary>The aggregates <c>first</c> and <c>last</c>: by source order or by a key, whatever cores take the rows in.</summary>
public class FirstAndLastTests
{
    [Fact]
    public void The_first_and_the_last_row_count_null_or_not() => StageTest.Gives(
        Grouped("a=first(x)", "b=last(x)", "c=first(x) filter (where x is not null)", "d=last_value(x) filter (where x > 5)"),
        """{"k":1,"x":null} {"k":1,"x":3} {"k":2,"x":7} {"k":1,"x":4} {"k":2,"x":null}""",
        """{"k":1,"a":null,"b":4,"c":3,"d":null} {"k":2,"a":7,"b":null,"c":7,"d":7}""");

    [Fact]
    public void An_order_goes_before_the_source_and_rows_without_a_key_come_last_of_all() => StageTest.Gives(
        Grouped("a=first(x order by y)", "b=last(x order by y)", "c=first(x order by y desc)", "d=last(x order by y desc)", "e=last(x ORDER BY -y asc)"),
        """{"k":1,"x":1,"y":null} {"k":1,"x":2,"y":5} {"k":1,"x":3,"y":2} {"k":1,"x":4,"y":5} {"k":1,"x":5,"y":2} {"k":1,"x":6,"y":null} {"k":2,"x":8,"y":null} {"k":2,"x":9,"y":null}""",
        """{"k":1,"a":3,"b":4,"c":2,"d":5,"e":5} {"k":2,"a":8,"b":9,"c":8,"d":9,"e":9}""");

    [Theory]
    [InlineData("int64", "2", "10")]
    [InlineData("float64", "-0.5", "10.25")]
    [InlineData("decimal(10;2)", "2.50", "10.25")]
    [InlineData("string", "\"10\"", "\"2\"")]
    [InlineData("date", "\"2024-01-02\"", "\"2024-02-01\"")]
    [InlineData("timestamp", "\"2024-01-02T00:00:00Z\"", "\"2024-01-02T00:00:01Z\"")]
    [InlineData("bool", "false", "true")]
    public void Every_type_is_a_value_and_a_key(string type, string small, string large)
    {
        var rows = JsonRows.Parse($$"""{"k":1,"v":{{large}}} {"k":1,"v":{{small}}} {"k":1,"v":null}""", StageTest.SchemaFrom($"k int64, v {type}"));
        StageTest.Gives(Grouped("a=first(v)", "b=last(v)", "c=first(v order by v)", "d=last(v order by v)"), rows,
            $$"""{"k":1,"a":{{large}},"b":null,"c":{{small}},"d":{{large}}}""");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Workers_and_batches_make_no_difference(bool encoded)
    {
        var random = new Random(3);
        var lines = Enumerable.Range(0, 2_000).Select(i => $$"""{"k":{{random.Next(40)}},"n":{{i}},"s":"s{{random.Next(1000)}}","y":{{(random.Next(5) == 0 ? "null" : random.Next(6))}},"t":"t{{random.Next(6)}}"}""");
        using var rows = JsonRows.Parse(string.Join('\n', lines));
        string[] texts = ["a=first(s)", "b=last(n)", "c=first(n order by y)", "d=last(s order by t)", "e=first(n order by t desc)", "f=last(n order by y desc) filter (where n % 3 = 0)", "n=count(*)"];
        var whole = MergingTest.Run(Grouped(texts), rows, 2_000, 1, encoded: false);
        foreach (var (count, workers) in new[] { (1, 3), (7, 2), (100, 5), (999, 2) })
            Assert.Equal(whole, MergingTest.Run(Grouped(texts), rows, count, workers, encoded));
    }

    [Theory]
    [InlineData("sum(v order by v)", "sum does not take order by.")]
    [InlineData("first(v order by w)", "There is no column 'w' here.")]
    [InlineData("first(distinct v)", "first does not take distinct.")]
    [InlineData("first(v, k)", "first takes 1 argument, not 2.")]
    public void Mistakes_are_told(string text, string message) =>
        Assert.Contains(message, StageTest.BindError(Grouped($"x={text}"), StageTest.SchemaFrom("k int64, v int64")).Message, StringComparison.Ordinal);

    [Fact]
    public void The_columns_of_the_order_are_required() =>
        Assert.Equal("k,v,w", StageTest.RequiredBy(Grouped("x=first(v order by w)"), StageTest.SchemaFrom("k int64, v int64, w int64, z int64")));

    private static AggregateStage Grouped(params string[] aggregates)
    {
        var map = new OrderedMap<ExpressionText>();
        foreach (var text in aggregates) map.Add(text[..text.IndexOf('=')], new ExpressionText(text[(text.IndexOf('=') + 1)..]));
        return new AggregateStage { GroupBy = [new ExpressionText("k")], Aggregates = map };
    }
}
