using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Testing;

public class StageRunnerTests
{
    [Fact]
    public void A_stage_that_loses_rows_is_caught()
    {
        var error = Assert.Throws<InvalidOperationException>(() => StageRunner.Run(new Losing(), [JsonRows.Parse("""{"a":1}""")]));
        Assert.Contains("The ledger of Losing is open", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stage_that_emits_another_schema_is_caught() =>
        Assert.Throws<InvalidOperationException>(() => StageRunner.Run(new Losing { EmitsOther = true }, [JsonRows.Parse("""{"a":1}""")]));

    private sealed class Losing : Stage
    {
        public bool EmitsOther { get; init; }

        public override BoundStage Bind(Schema input, ComponentContext context) => new Bound(input, EmitsOther);
    }

    private sealed class Bound(Schema schema, bool emitsOther) : BoundStage
    {
        public override IReadOnlyList<Schema> OutputSchemas { get; } = [schema];

        public override StageWorker CreateWorker(int input = 0) => new Worker(emitsOther);
    }

    private sealed class Worker(bool emitsOther) : StageWorker
    {
        public override void Process(RecordBatch batch, StageOutput output)
        {
            if (emitsOther) output.Emit(JsonRows.Parse("""{"b":1}"""));
            batch.Dispose();
        }
    }
}
