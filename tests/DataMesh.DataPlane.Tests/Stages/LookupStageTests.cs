using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages;
using DataMesh.DataPlane.Stages.Lookups;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages;

public class LookupStageTests
{
    private const string States = """{"code":"WA","name":"Washington","size":7} {"code":"OR","name":"Oregon","size":4} {"code":null,"name":"nowhere","size":0}""";
    private const string Rows = """{"id":1,"state":"OR"} {"id":2,"state":"XX"} {"id":3,"state":null} {"id":4,"state":"WA"}""";

    [Fact]
    public void Takes_all_other_columns_and_keeps_rows_without_a_match() => StageTest.Gives(Lookup(States), Rows, """
        {"id":1,"state":"OR","name":"Oregon","size":4}
        {"id":2,"state":"XX","name":null,"size":null}
        {"id":3,"state":null,"name":null,"size":null}
        {"id":4,"state":"WA","name":"Washington","size":7}
        """);

    [Fact]
    public void Takes_the_columns_named_under_new_names()
    {
        var stage = Lookup(States);
        stage.Take = new OrderedMap<string> { { "size", "area" } };
        stage.Prefix = "state_";
        stage.Missing = MissingMatch.Drop;
        using var result = StageRunner.Run(stage, [JsonRows.Parse(Rows)]);
        StageTest.Rows("""{"id":1,"state":"OR","state_area":4} {"id":4,"state":"WA","state_area":7}""", result.Rows());
        Assert.Equal(new StageLedger(4, 0, 2, 2, 0, 0, 0), result.Ledger);
    }

    [Fact]
    public void Rows_without_a_match_can_go_to_quarantine()
    {
        var stage = Lookup(States);
        stage.Missing = MissingMatch.Quarantine;
        using var result = StageRunner.Run(stage, [JsonRows.Parse(Rows)]);
        Assert.Equal(["no reference row for state = XX", "no reference row for state = null"], result.Quarantined.Select(row => row.Detail));
        Assert.Equal(2, result.Ledger.Out);
    }

    [Fact]
    public void Several_matches_follow_the_option()
    {
        const string twice = """{"code":"WA","city":"Seattle"} {"code":"OR","city":"Salem"} {"code":"WA","city":"Tacoma"}""";
        StageTest.Gives(Lookup(twice), """{"state":"WA"}""", """{"state":"WA","city":"Seattle"}""");
        var all = Lookup(twice);
        all.Many = ManyMatches.All;
        using var result = StageRunner.Run(all, [JsonRows.Parse("""{"state":"WA"} {"state":"OR"} {"state":"XX"}""")]);
        StageTest.Rows("""{"state":"WA","city":"Seattle"} {"state":"WA","city":"Tacoma"} {"state":"OR","city":"Salem"} {"state":"XX","city":null}""", result.Rows());
        Assert.Equal(new StageLedger(3, 1, 4, 0, 0, 0, 0), result.Ledger);
        var fail = Lookup(twice);
        fail.Many = ManyMatches.Fail;
        var failure = Assert.Throws<DataMeshException>(() => StageRunner.Run(fail, [JsonRows.Parse("""{"state":"WA"}""")]));
        Assert.Equal("The reference data hold the key code = WA more than once.", failure.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Results_do_not_depend_on_workers_batches_or_encoding(bool encoded)
    {
        var reference = string.Join('\n', Enumerable.Range(0, 300).Select(i => $$"""{"code":"k{{i}}","part":{{i % 3}},"value":{{i}}}"""));
        using var input = JsonRows.Parse([.. Enumerable.Range(0, 900).Select(i => $$"""{"id":{{i}},"state":"k{{i * 7 % 400}}","third":{{i * 7 % 400 % 3}}}""")]);
        var expected = Enumerable.Range(0, 900).Select(i => $$"""{"id":{{i}},"state":"k{{i * 7 % 400}}","third":{{i * 7 % 400 % 3}},"value":{{(i * 7 % 400 < 300 ? i * 7 % 400 : "null")}}}""");
        foreach (var (rows, workers) in new[] { (900, 1), (50, 1), (1, 1) })
        {
            var stage = Lookup(reference);
            stage.On = new OrderedMap<string> { { "state", "code" }, { "third", "part" } };
            StageTest.Rows(string.Join('\n', expected), MergingTest.Run(stage, input, rows, workers, encoded));
        }
    }

    [Fact]
    public void Reference_types_widen_and_bad_records_are_errors()
    {
        var widening = new LookupStage { From = new RowsSource(States) { Widening = ("size", DataType.Float64) }, On = new OrderedMap<string> { { "state", "code" } } };
        StageTest.Gives(widening, """{"state":"OR"}""", """{"state":"OR","name":"Oregon","size":4.0}""");
        var bad = new LookupStage { From = new RowsSource(States) { IsBad = true }, On = new OrderedMap<string> { { "state", "code" } } };
        var failure = Assert.Throws<DataMeshException>(() => StageRunner.Run(bad, [JsonRows.Parse(Rows)]));
        Assert.Equal("A record of the reference data can not be read: undecodable.", failure.Message);
    }

    [Fact]
    public void Mistakes_are_named_with_a_hint()
    {
        var input = StageTest.SchemaFrom("id int64, state string, name string");
        Assert.Contains("is already there", BindError(Lookup(States), input).Message, StringComparison.Ordinal);
        var wrongType = Lookup(States);
        wrongType.On = new OrderedMap<string> { { "id", "code" } };
        Assert.Equal("cast 'id' to string before the lookup, or declare types: { code: int64 } in the reference source", BindError(wrongType, input).Hint);
        var wrongName = Lookup(States);
        wrongName.On = new OrderedMap<string> { { "state", "cod" } };
        Assert.Equal("did you mean 'code'?", BindError(wrongName, input).Hint);
        var small = Lookup(States);
        small.Memory = new ByteCount(10);
        Assert.Contains("raise memory", BindError(small, input).Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Needs_the_keys_besides_what_later_stages_need()
    {
        var stage = Lookup(States);
        await stage.PrepareAsync(StageRunner.DefaultContext, CancellationToken.None);
        Assert.Equal("id,state", StageTest.RequiredBy(stage, StageTest.SchemaFrom("id int64, state string, x int64"), "id", "size"));
    }

    private static LookupStage Lookup(string reference) => new() { From = new RowsSource(reference), On = new OrderedMap<string> { { "state", "code" } } };

    private static DataMeshException BindError(LookupStage stage, Schema input) => Assert.Throws<DataMeshException>(() =>
    {
        stage.PrepareAsync(StageRunner.DefaultContext, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        stage.Bind(input, StageRunner.DefaultContext);
    });
}
