using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Stages.Keys;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>An aggregate stage bound to its input: merges the workers and emits the groups sorted by key.</summary>
internal sealed class BoundAggregate(AggregatePlan plan, StateBudget budget) : BoundStage
{
    private readonly Schema _output = plan.Output;

    public override IReadOnlyList<Schema> OutputSchemas => [_output];

    public override StageWorker CreateWorker(int input = 0) => new AggregateWorker(plan, budget);

    public override IReadOnlySet<string> RequiredInputs(IReadOnlySet<string>? requiredOutputs) =>
        plan.Operands.SelectMany(each => each.Columns).ToHashSet(StringComparer.OrdinalIgnoreCase);

    public override void Merge(IReadOnlyList<StageWorker> workers, StageOutput output)
    {
        var whole = workers.Count == 0 ? new AggregateWorker(plan, budget) : (AggregateWorker)workers[0];
        foreach (var worker in workers.Skip(1)) whole.Absorb((AggregateWorker)worker);
        var groups = FilledGroups(whole);
        whole.Groups.Sort(groups);
        output.Count(LedgerTerm.Created, groups.Length);
        for (var from = 0; from < groups.Length; from += Limits.BatchRowsMax)
            output.Emit(Build(whole, groups.AsSpan(from, Math.Min(Limits.BatchRowsMax, groups.Length - from))));
    }

    /// <summary>The groups that have rows; without keys the one group, even of no rows.</summary>
    private int[] FilledGroups(AggregateWorker whole)
    {
        if (plan.Keys.Count == 0) return [0];
        var counts = (CountAccumulator)whole.States[0];
        return [.. Enumerable.Range(0, whole.Groups.Count).Where(group => counts.Of(group) > 0)];
    }

    private RecordBatch Build(AggregateWorker whole, ReadOnlySpan<int> groups)
    {
        var columns = new Column[_output.Count];
        for (var key = 0; key < plan.Keys.Count; key++) columns[key] = whole.Groups.Build(key, groups);
        for (var i = 0; i < plan.Results.Count; i++)
        {
            var result = plan.Results[i];
            var builder = new ColumnBuilder(result.Field.Type);
            foreach (var group in groups) result.Read(whole.States[result.Accumulator], group, builder);
            columns[plan.Keys.Count + i] = builder.Build();
        }

        return new RecordBatch(_output, columns, groups.Length);
    }
}
