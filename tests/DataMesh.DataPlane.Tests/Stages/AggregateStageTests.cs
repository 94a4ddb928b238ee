using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages;

public class AggregateStageTests
{
    private static readonly Schema Mixed = StageTest.SchemaFrom(
        "zone string, hour int64, day date, at timestamp, amount float64, price decimal(10;2), flag bool, nothing null");

    [Fact]
    public void Every_function_gives_its_result_per_type()
    {
        var rows = JsonRows.Parse("""
            {"zone":"b","hour":3,"day":"2024-01-02","at":"2024-01-02T03:00:00Z","amount":1.5,"price":"1.10","flag":true}
            {"zone":"a","hour":7,"day":"2024-01-01","at":"2024-01-01T00:00:00Z","amount":2.5,"price":"2.25","flag":false}
            {"zone":null,"hour":null,"day":null,"at":null,"amount":null,"price":null,"flag":null}
            {"zone":"a","hour":8,"day":"2024-01-05","at":"2024-01-03T00:00:00Z","amount":-4.0,"price":"-0.25","flag":true}
            """, Mixed);
        var stage = new AggregateStage
        {
            Aggregates = Map(
                "n=count(*)", "known=count(hour)", "hours=sum(hour)", "total=sum(amount)", "paid=sum(price)", "mean=avg(hour)", "mean_amount=avg(amount)", "mean_price=avg(price)",
                "first_day=min(day)", "last_at=max(at)", "least=min(amount)", "most=max(price)", "low=min(zone)", "high=max(zone)", "any=any_value(hour)",
                "false_=min(flag)", "true_=max(flag)", "all=bool_and(flag)", "some=bool_or(flag)", "trues=count_if(flag)", "sd=stddev(hour)", "var=var_pop(amount)",
                "zones=count(distinct zone)", "about=approx_distinct(zone)", "mid=median(hour)", "q=quantile(amount, 0.25)", "mid_day=median(day)", "none=sum(nothing)", "least_none=min(nothing)"),
        };
        StageTest.Gives(stage, rows, """
            {"n":4,"known":3,"hours":18,"total":0,"paid":3.10,"mean":6,"mean_amount":0,"mean_price":1.0333333333333334,
             "first_day":"2024-01-01","last_at":"2024-01-03T00:00:00Z","least":-4,"most":2.25,"low":"a","high":"b","any":3,
             "false_":false,"true_":true,"all":false,"some":true,"trues":2,"sd":2.6457513110645907,"var":8.166666666666666,
             "zones":2,"about":2,"mid":7,"q":-1.25,"mid_day":"2024-01-02","none":null,"least_none":null}
            """);
    }

    [Fact]
    public void Null_is_a_key_and_sorts_last() => StageTest.Gives(
        Grouped(["k"], "n=count(*)"),
        """{"k":"b"} {"k":null} {"k":"a"} {"k":null} {"k":""}""",
        """{"k":"","n":1} {"k":"a","n":1} {"k":"b","n":1} {"k":null,"n":2}""");

    [Fact]
    public void Several_keys_pair_up_and_sort_from_left_to_right() => StageTest.Gives(
        Grouped(["a", "b"], "n=count(*)"),
        """{"a":2,"b":"x"} {"a":1,"b":"y"} {"a":2,"b":null} {"a":2,"b":"x"} {"a":-1,"b":"z"} {"a":null,"b":"x"}""",
        """{"a":-1,"b":"z","n":1} {"a":1,"b":"y","n":1} {"a":2,"b":"x","n":2} {"a":2,"b":null,"n":1} {"a":null,"b":"x","n":1}""");

    [Fact]
    public void Keys_without_aggregates_give_the_distinct_keys() =>
        StageTest.Gives(Grouped(["k"]), """{"k":1.5} {"k":1.5} {"k":-2.0}""", """{"k":-2.0} {"k":1.5}""");

    [Fact]
    public void Every_type_can_be_a_key()
    {
        foreach (var name in Mixed.Names)
        {
            using var result = StageRunner.Run(Grouped([name], "n=count(*)"), [Random(200), Random(200)]);
            Assert.Equal(400, result.Outputs[0].Sum(batch => ((FixedColumn<long>)batch["n"]).Values.ToArray().Sum()));
        }
    }

    [Fact]
    public void A_filter_applies_to_its_aggregate_alone() => StageTest.Gives(
        Grouped(["k"], "n=count(*)", "good=count(*) filter (where ok)", "sum=sum(x) filter (where ok)"),
        """{"k":1,"x":1,"ok":true} {"k":1,"x":2,"ok":false} {"k":2,"x":4,"ok":null} {"k":1,"x":8,"ok":true}""",
        """{"k":1,"n":3,"good":2,"sum":9} {"k":2,"n":1,"good":0,"sum":null}""");

    [Fact]
    public void Keys_arguments_and_filters_can_be_expressions() => StageTest.Gives(
        Grouped(["coalesce(k, '?') as key", "x % 2 as odd"], "s=sum(x * 2 + 1)", "high=count(*) filter (where x > 2)"),
        """{"k":"a","x":1} {"k":"a","x":3} {"k":null,"x":2} {"k":"a","x":4}""",
        """{"key":"?","odd":0,"s":5,"high":0} {"key":"a","odd":0,"s":9,"high":1} {"key":"a","odd":1,"s":10,"high":1}""");

    [Fact]
    public void Rows_that_can_not_be_computed_are_set_aside()
    {
        using var result = StageRunner.Run(Grouped(["k"], "n=count(*)", "s=sum(x * 2)"), [JsonRows.Parse("""{"k":1,"x":1} {"k":1,"x":9223372036854775807} {"k":1,"x":3}""")]);
        StageTest.Rows("""{"k":1,"n":2,"s":8}""", result.Rows());
        Assert.Equal(new StageLedger(3, 1, 1, 0, 1, 0, 2), result.Ledger);
    }

    [Fact]
    public void No_rows_give_no_groups_but_one_row_without_keys()
    {
        StageTest.Gives(Grouped(["zone"], "n=count(*)"), JsonRows.Parse("", Mixed), "");
        StageTest.Gives(Grouped([], "n=count(*)", "s=sum(amount)"), JsonRows.Parse("", Mixed), """{"n":0,"s":null}""");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Results_do_not_depend_on_workers_batches_or_encoding(bool encoded)
    {
        using var rows = Random(3000);
        var stage = Grouped(["zone", "hour"], "n=count(*)", "s=sum(amount)", "a=avg(amount)", "sd=stddev(amount)", "d=count_distinct(at)", "ad=approx_distinct(at)",
            "p=sum(price)", "lo=min(day)", "hi=max(zone)", "m=median(amount)", "f=bool_or(flag)");
        var expected = MergingTest.Run(stage, rows, rows.Length, 1, encoded: false);
        foreach (var workers in new[] { 1, 2, 5 }) Assert.Equal(expected, MergingTest.Run(stage, rows, 70, workers, encoded));
        Assert.Equal(expected, MergingTest.Run(stage, rows, 1, 3, encoded));
    }

    [Fact]
    public void Groups_agree_with_a_plain_reference()
    {
        using var rows = Random(5000);
        var (zones, amounts) = ((VarColumn)rows["zone"], (FixedColumn<double>)rows["amount"]);
        var expected = Enumerable.Range(0, rows.Length).Where(row => !amounts.IsNull(row))
            .GroupBy(row => ValueText.Format(zones, row) ?? "~", row => amounts[row])
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $$"""{"zone":{{(group.Key == "~" ? "null" : $"\"{group.Key}\"")}},"s":{{group.Sum():R}},"n":{{group.Count()}}}""");
        StageTest.Rows(string.Join('\n', expected), MergingTest.Run(Grouped(["zone"], "s=sum(amount)", "n=count(amount)"), rows, 64, 2, encoded: true));
    }

    [Fact]
    public void Only_the_columns_used_are_required() =>
        Assert.Equal("amount,flag,zone", StageTest.RequiredBy(Grouped(["zone"], "s=sum(amount)", "a=avg(amount)", "c=count(*) filter (where flag)"), Mixed));

    [Fact]
    public void Rows_are_absorbed_and_groups_created()
    {
        using var result = StageRunner.Run(Grouped(["k"], "n=count(*)"), [JsonRows.Parse("""{"k":1} {"k":2} {"k":1}""")]);
        Assert.Equal(new StageLedger(3, 2, 2, 0, 0, 0, 3), result.Ledger);
    }

    [Fact]
    public void More_than_a_batch_of_groups_comes_out_in_several()
    {
        var keys = Enumerable.Range(0, 70_000).Select(i => (long)(i * 7919 % 70_000)).ToArray();
        using var result = StageRunner.Run(Grouped(["k"], "n=count(*)"),
            [.. keys.Chunk(50_000).Select(part => new RecordBatch(StageTest.SchemaFrom("k int64"), [FixedColumn<long>.From(DataType.Int64, part)], part.Length))]);
        Assert.Equal([65_536, 4_464], result.Outputs[0].Select(batch => batch.Length));
        Assert.Equal(Enumerable.Range(0, 70_000).Select(i => (long)i), result.Outputs[0].SelectMany(batch => ((FixedColumn<long>)batch[0]).Values.ToArray()));
    }

    [Fact]
    public void A_sum_beyond_64_bits_is_an_error_but_passing_over_it_is_not()
    {
        StageTest.Gives(Grouped([], "s=sum(x)"), """{"x":9223372036854775807} {"x":1} {"x":-1}""", """{"s":9223372036854775807}""");
        var failure = Assert.Throws<DataMeshException>(() => StageRunner.Run(Grouped([], "s=sum(x)"), [JsonRows.Parse("""{"x":9223372036854775807} {"x":1}""")]));
        Assert.Contains("beyond 64 bits", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_is_bounded()
    {
        var stage = Grouped(["zone", "at"], "d=count_distinct(amount)");
        stage.Memory = new ByteCount(50_000);
        var failure = Assert.Throws<DataMeshException>(() => StageRunner.Run(stage, [Random(3000), Random(3000)]));
        Assert.Contains("raise memory", failure.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sum(ammount)", "There is no column 'ammount' here.", "did you mean 'amount'?")]
    [InlineData("summ(amount)", "There is no aggregate 'summ'.", "did you mean 'sum'?")]
    [InlineData("sum(zone)", "sum does not take string.", "cast the column to a number before the aggregate")]
    [InlineData("amount", "'amount' is not a call of an aggregate.", "write it as name(argument), for example sum(amount) or count(*)")]
    [InlineData("sum(amount", "A ')' is missing in 'sum(amount'.", "write it as name(argument), for example sum(amount) or count(*)")]
    [InlineData("sum(amount) / 2", "'/ 2' can not follow an aggregate.", "compute with aggregates in a derive stage after this one")]
    [InlineData("sum(amount, hour)", "sum takes 1 argument, not 2.", "write sum(x)")]
    [InlineData("quantile(amount, 95)", "'95' is no rank.", "give a number from 0 to 1, such as 0.95")]
    [InlineData("count(*) filter (where hour)", "'hour' is int64, a filter needs bool.", null)]
    public void Mistakes_are_named_with_a_hint(string aggregate, string message, string? hint)
    {
        var error = StageTest.BindError(Grouped(["zone"], "x=" + aggregate), Mixed);
        Assert.Equal(message, error.Message);
        Assert.Equal(hint, error.Hint);
    }

    [Fact]
    public void Errors_point_into_the_argument()
    {
        var stage = new AggregateStage { Aggregates = { { "x", new ExpressionText("sum( ammount )", new Location("p.yaml", 4, 10)) } } };
        Assert.Equal(new Location("p.yaml", 4, 15), StageTest.BindError(stage, Mixed).Location);
    }

    private static AggregateStage Grouped(string[] keys, params string[] aggregates) =>
        new() { GroupBy = [.. keys.Select(key => new ExpressionText(key))], Aggregates = Map(aggregates) };

    private static OrderedMap<ExpressionText> Map(params string[] aggregates)
    {
        var map = new OrderedMap<ExpressionText>();
        foreach (var aggregate in aggregates)
        {
            var parts = aggregate.Split('=', 2);
            map.Add(parts[0], new ExpressionText(parts[1]));
        }

        return map;
    }

    private static RecordBatch Random(int count)
    {
        var random = new Random(11);
        var builders = Mixed.Select(field => new ColumnBuilder(field.Type)).ToArray();
        for (var row = 0; row < count; row++)
        {
            object?[] values =
            [
                "Z-" + random.Next(20), random.Next(5), DateOnly.FromDayNumber(738_000 + random.Next(30)), DateTime.UnixEpoch.AddSeconds(random.Next(1000)),
                Math.Round(random.NextDouble() * 1000, 3), (decimal)random.Next(10_000) / 100, random.Next(2) == 0, null,
            ];
            for (var i = 0; i < values.Length; i++) builders[i].AppendObject(random.Next(10) == 0 ? null : values[i]);
        }

        return new RecordBatch(Mixed, [.. builders.Select(builder => builder.Build())], count);
    }
}
