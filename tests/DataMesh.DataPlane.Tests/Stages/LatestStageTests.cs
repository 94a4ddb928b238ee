using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages;

public class LatestStageTests
{
    private const string Mark = Upsert.DeletionColumn;

    [Fact]
    public void The_last_row_of_a_key_stays_in_the_order_of_the_last_ones() => StageTest.Gives(
        new LatestStage(new Upsert(["id"], null, [])),
        """{"id": 1, "v": "a"} {"id": 2, "v": "b"} {"id": 1, "v": "c"}""",
        """{"id": 2, "v": "b"} {"id": 1, "v": "c"}""");

    [Fact]
    public void A_row_that_deletes_is_marked_and_what_only_that_needs_is_left_out() => StageTest.Gives(
        new LatestStage(new Upsert(["id"], new ExpressionText("op = 'D'"), ["op"])),
        """{"id": 1, "op": "I", "v": "a"} {"id": 2, "op": "I", "v": "b"} {"id": 1, "op": "D", "v": null} {"id": 3, "op": null, "v": "c"}""",
        $$"""{"id": 2, "v": "b", "{{Mark}}": false} {"id": 1, "v": null, "{{Mark}}": true} {"id": 3, "v": "c", "{{Mark}}": false}""");

    [Fact]
    public void Rows_without_a_whole_key_and_rows_that_can_not_be_judged_are_set_aside_once() => StageTest.Gives(
        new LatestStage(new Upsert(["a", "b"], new ExpressionText("n + 1 > 9223372036854775806"), [])),
        """{"a": 1, "b": null, "n": 1} {"a": null, "b": null, "n": 9223372036854775807} {"a": 1, "b": 1, "n": 9223372036854775807} {"a": 1, "b": 2, "n": 1}""",
        $$"""{"a": 1, "b": 2, "n": 1, "{{Mark}}": false}""",
        QuarantineReasons.RuleFailed, QuarantineReasons.RuleFailed, QuarantineReasons.ExpressionFailed);

    [Fact]
    public void A_barrier_lets_go_of_everything_and_much_asks_for_one()
    {
        using var first = JsonRows.Parse("""{"id": 1, "v": "a"} {"id": 1, "v": "b"}""");
        var bound = new LatestStage(new Upsert(["id"], null, [])).Bind(first.Schema, StageRunner.DefaultContext);
        var worker = bound.CreateWorker();
        var output = new CollectingOutput(bound.OutputSchemas);
        worker.Process(first.Share(), output);
        worker.EndEpoch(output);
        worker.Process(first.Share(), output);
        Assert.False(worker.WantsBarrier);
        worker.Finish(output);
        using (var result = output.ToResult()) StageTest.Rows("""{"id": 1, "v": "b"} {"id": 1, "v": "b"}""", result.Rows());

        var text = new string('x', 1 << 20);
        var discarded = new NullOutput();
        for (var id = 0; id <= Limits.UpsertBytesPerEpoch >> 20; id++) worker.Process(JsonRows.Parse($$"""{"id": {{id}}, "v": "{{text}}"}"""), discarded);
        Assert.True(worker.WantsBarrier);
        worker.EndEpoch(discarded);
        Assert.False(worker.WantsBarrier);
        Assert.True(bound.EndsWithEpoch);
    }

    [Fact]
    public void A_key_must_come_and_can_not_be_left_out()
    {
        var schema = new Schema([new Field("id", DataType.Int64), new Field("v", DataType.String)]);
        var missing = Assert.Throws<DataMeshException>(() => new LatestStage(new Upsert(["ids"], null, [])).Bind(schema, StageRunner.DefaultContext));
        Assert.Contains("did you mean 'id'?", missing.Hint, StringComparison.Ordinal);
        Assert.Throws<DataMeshException>(() => new LatestStage(new Upsert(["id"], null, ["id"])).Bind(schema, StageRunner.DefaultContext));
    }
}
