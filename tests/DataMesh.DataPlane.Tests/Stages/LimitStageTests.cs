using DataMesh.Core.Columns;
using DataMesh.DataPlane.Stages;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages;

public class LimitStageTests
{
    [Fact]
    public void Cuts_inside_a_batch_and_counts_the_rest()
    {
        using var result = StageRunner.Run(new LimitStage { Rows = 3 }, [Batch(1, 2), Batch(3, 4), Batch(5, 6)]);
        StageTest.Rows("""{"i":1} {"i":2} {"i":3}""", result.Rows());
        Assert.Equal(new StageLedger(In: 6, Created: 0, Out: 3, Filtered: 3, Quarantined: 0, Deduplicated: 0, Absorbed: 0), result.Ledger);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Is_satisfied_as_soon_as_no_row_can_follow(long limit, bool satisfied)
    {
        var stage = new LimitStage { Rows = limit };
        var bound = stage.Bind(StageTest.SchemaFrom("i int64"), StageRunner.DefaultContext);
        var worker = bound.CreateWorker();
        worker.Process(Batch(1, 2), new NullOutput());
        Assert.Equal(satisfied, worker.IsSatisfied);
    }

    [Fact]
    public void Can_not_be_negative() =>
        Assert.Contains("negative", StageTest.BindError(new LimitStage { Rows = -1 }, Schema.Empty).Message, StringComparison.Ordinal);

    private static RecordBatch Batch(params long[] values) =>
        new(StageTest.SchemaFrom("i int64"), [FixedColumn<long>.From(DataType.Int64, values)], values.Length);
}
