using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages;
using DataMesh.DataPlane.Stages.Deduplication;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages;

public class DeduplicateStageTests
{
    private const string Rows = """{"k":1,"s":"a","n":1} {"k":1,"s":"b","n":2} {"k":null,"s":"a","n":3} {"k":1,"s":"a","n":4} {"k":null,"s":"a","n":5}""";

    [Fact]
    public void Keeps_the_first_of_every_key_and_nulls_are_equal() => StageTest.Gives(
        new DeduplicateStage { Keys = ["k", "s"] }, Rows, """{"k":1,"s":"a","n":1} {"k":1,"s":"b","n":2} {"k":null,"s":"a","n":3}""");

    [Fact]
    public void Keeps_the_last_in_the_order_of_the_last() => StageTest.Gives(
        new DeduplicateStage { Keys = ["k", "s"], Keep = KeepRow.Last }, Rows, """{"k":1,"s":"b","n":2} {"k":1,"s":"a","n":4} {"k":null,"s":"a","n":5}""");

    [Fact]
    public void Without_keys_whole_rows_are_compared() =>
        StageTest.Gives(new DeduplicateStage(), """{"x":0.5,"y":true} {"x":0.5,"y":false} {"x":0.5,"y":true}""", """{"x":0.5,"y":true} {"x":0.5,"y":false}""");

    [Theory]
    [InlineData(KeepRow.First, false)]
    [InlineData(KeepRow.First, true)]
    [InlineData(KeepRow.Last, false)]
    [InlineData(KeepRow.Last, true)]
    public void Results_do_not_depend_on_batches_or_encoding(KeepRow keep, bool encoded)
    {
        using var input = Numbered(2000, 150);
        var texts = JsonRows.Write(input);
        var numbers = (FixedColumn<long>)input["n"];
        var groups = Enumerable.Range(0, input.Length).GroupBy(row => ValueText.Format(input["s"], row));
        var expected = groups.Select(group => keep == KeepRow.First ? group.First() : group.Last()).OrderBy(row => numbers[row]).Select(row => texts[row]);
        foreach (var rows in new[] { 1, 64, 2000 })
            Assert.Equal(expected, MergingTest.Run(new DeduplicateStage { Keys = ["s"], Keep = keep }, input, rows, 1, encoded));
    }

    [Fact]
    public void Repeats_stand_in_the_ledger()
    {
        using var result = StageRunner.Run(new DeduplicateStage { Keys = ["k"] }, [JsonRows.Parse(Rows)]);
        Assert.Equal(new StageLedger(5, 0, 2, 0, 0, 3, 0), result.Ledger);
    }

    [Theory]
    [InlineData(KeepRow.First)]
    [InlineData(KeepRow.Last)]
    public void A_full_memory_fails_the_run(KeepRow keep)
    {
        var stage = new DeduplicateStage { Keys = ["n"], Keep = keep, Memory = new ByteCount(10_000) };
        var failure = Assert.Throws<DataMeshException>(() => StageRunner.Run(stage, [Numbered(3000, 3000)]));
        Assert.Contains("raise memory", failure.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void The_oldest_keys_are_forgotten_when_asked()
    {
        var stage = new DeduplicateStage { Keys = ["n"], Memory = new ByteCount(10_000), OnFull = WhenFull.ForgetOldest };
        var input = StageTest.SchemaFrom("n int64");
        long[] values = [.. Enumerable.Range(0, 3000).SelectMany(i => new long[] { i, i }), 0];
        using var result = StageRunner.Run(stage, [new RecordBatch(input, [FixedColumn<long>.From(DataType.Int64, values)], values.Length)]);
        Assert.Equal(3001, result.Ledger.Out);
        stage.Keep = KeepRow.Last;
        Assert.Contains("can not forget", StageTest.BindError(stage, input).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Needs_the_keys_besides_what_later_stages_need()
    {
        var schema = StageTest.SchemaFrom("a int64, b int64, c int64");
        Assert.Equal("a,b", StageTest.RequiredBy(new DeduplicateStage { Keys = ["a"] }, schema, "b"));
        Assert.Equal("(all)", StageTest.RequiredBy(new DeduplicateStage(), schema, "b"));
        Assert.Equal("valid here: a, b, c", StageTest.BindError(new DeduplicateStage { Keys = ["zzzzzz"] }, schema).Hint);
    }

    private static RecordBatch Numbered(int count, int keys)
    {
        var random = new Random(2);
        return JsonRows.Parse([.. Enumerable.Range(0, count).Select(i => $$"""{"n":{{i}},"s":"key {{random.Next(keys)}}"}""")]);
    }
}
