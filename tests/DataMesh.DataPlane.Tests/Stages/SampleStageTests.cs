using DataMesh.Core.Columns;
using DataMesh.DataPlane.Stages;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages;

public class SampleStageTests
{
    [Fact]
    public void The_same_positions_stay_however_blocks_and_batches_fall()
    {
        var stage = new SampleStage { Fraction = 0.3 };
        using var whole = StageRunner.Run(stage, [Positions(0, 1000)]);
        using var pieces = StageRunner.Run(stage, [Positions(0, 10), Positions(10, 333), Positions(343, 657)]);
        Assert.Equal(whole.Rows(), pieces.Rows());
        Assert.InRange(whole.Ledger.Out, 240, 360);
        Assert.Equal(1000 - whole.Ledger.Out, whole.Ledger.Filtered);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1000)]
    public void Nothing_and_everything(double fraction, long rows)
    {
        using var result = StageRunner.Run(new SampleStage { Fraction = fraction }, [Positions(0, 1000)]);
        Assert.Equal(rows, result.Ledger.Out);
    }

    [Fact]
    public void A_seed_gives_another_sample()
    {
        using var one = StageRunner.Run(new SampleStage { Fraction = 0.5 }, [Positions(0, 200)]);
        using var two = StageRunner.Run(new SampleStage { Fraction = 0.5, Seed = 7 }, [Positions(0, 200)]);
        Assert.NotEqual(one.Rows(), two.Rows());
    }

    [Fact]
    public void By_values_every_type_counts_and_equal_values_stay_together()
    {
        var schema = StageTest.SchemaFrom("s string, i int64, f float64, d date, m decimal(10;2), b bool, n int64");
        var rows = Enumerable.Range(0, 400).Select(i => $$"""{"s":"{{i % 40}}","i":{{i % 40}},"f":0.5,"d":"2024-01-0{{i % 2 + 1}}","m":{{i % 40}},"b":{{(i % 2 == 0 ? "true" : "false")}},"n":{{i}}}""");
        using var result = StageRunner.Run(new SampleStage { Fraction = 0.5, By = ["s", "i", "f", "d", "m", "b"] }, [JsonRows.Parse([.. rows], schema)]);
        var kept = ((FixedColumn<long>)result.Outputs[0][0]["n"]).Values.ToArray().Select(n => n % 40).ToList();
        Assert.All(kept.GroupBy(key => key), group => Assert.Equal(10, group.Count()));
        Assert.InRange(kept.Distinct().Count(), 8, 32);
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void The_fraction_is_a_fraction(double fraction) =>
        Assert.NotNull(StageTest.BindError(new SampleStage { Fraction = fraction }, StageTest.SchemaFrom("a int64")).Hint);

    private static RecordBatch Positions(int start, int count)
    {
        var values = new long[count];
        for (var i = 0; i < count; i++) values[i] = start + i;
        var block = new FakeBlock { SourceName = "/data/a.csv", Start = start, End = start + count, Sequence = 0 };
        return new RecordBatch(StageTest.SchemaFrom("i int64"), [FixedColumn<long>.From(DataType.Int64, values)], count, new RowOrigin(block));
    }

    /// <summary>Record i of the block stands at the block's start plus i.</summary>
    private sealed class FakeBlock : SourceBlock
    {
        public override long ByteSize => 0;

        public override ReadOnlySpan<byte> RecordBytes(int record) => [];

        public override long RecordPosition(int record) => Start + record;

        protected override void Release()
        {
        }
    }
}
