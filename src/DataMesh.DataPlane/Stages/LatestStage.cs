using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Exchanges;
using DataMesh.DataPlane.Kernels;
using DataMesh.DataPlane.Stages.Upserts;

namespace DataMesh.DataPlane.Stages;

/// <summary>
/// Leaves the last row of every key of an epoch, and marks those that delete. Rows without a whole key go to quarantine. Put before sinks
/// that upsert by the runtime; not for pipeline files.
/// </summary>
public sealed class LatestStage(Upsert upsert) : Stage
{
    /// <inheritdoc/>
    public override StageOrder Order => StageOrder.Sequential;

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        var keys = upsert.Key.Select(name => Find(input, name, "key column")).ToArray();
        var leftOut = upsert.LeaveOut.Select(name => Find(input, name, "column to leave out")).ToHashSet();
        if (keys.FirstOrDefault(leftOut.Contains, -1) is >= 0 and var lost) throw new DataMeshException($"'{input[lost].Name}' is a key column: it can not be left out.");
        var kept = Enumerable.Range(0, input.Count).Where(i => !leftOut.Contains(i)).ToArray();
        var deletes = upsert.DeleteWhen is { } text ? CompiledExpression.CompileCondition(text, input) : null;
        return new Bound(new LatestPlan(input, keys, kept, deletes, upsert.DeleteWhen?.Text));
    }

    private static int Find(Schema input, string name, string what) => input.IndexOf(name) is >= 0 and var at
        ? at
        : throw new DataMeshException($"The {what} '{name}' does not come to the dataset.", hint: Nearest.Hint(name, [.. input.Names]));

    private sealed class Bound(LatestPlan plan) : BoundStage
    {
        public override IReadOnlyList<Schema> OutputSchemas { get; } = [plan.Output];

        public override bool EndsWithEpoch => true;

        public override StageWorker CreateWorker(int input = 0) => new LatestWorker(plan);

        public override RowDivider CreateDivider() => new ColumnDivider(plan.Keys);
    }
}
