using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Keys;
using DataMesh.Core.Storage;
using DataMesh.DataPlane.Exchanges;
using DataMesh.DataPlane.Stages.Keys;

namespace DataMesh.DataPlane.Stages.Aggregates;

/// <summary>An aggregate stage bound to its input: merges the workers and emits the groups sorted by key.</summary>
internal sealed class BoundAggregate(AggregatePlan plan, StateBudget budget) : BoundStage
{
    /// <summary>Bytes that a piece of state aims at.</summary>
    private const long PieceBytes = 1 << 20;

    private readonly Schema _output = plan.Output;

    public override IReadOnlyList<Schema> OutputSchemas => [_output];

    public override bool SendsStates => true;

    public override StageWorker CreateWorker(int input = 0) => new AggregateWorker(plan, budget);

    public override RowDivider? CreateDivider() => plan.Keys.Count == 0 ? null : new OperandDivider([.. plan.Operands.Take(plan.Keys.Count)]);

    public override IReadOnlySet<string> RequiredInputs(IReadOnlySet<string>? requiredOutputs) =>
        plan.Operands.SelectMany(each => each.Columns).ToHashSet(StringComparer.OrdinalIgnoreCase);

    public override void Merge(IReadOnlyList<StageWorker> workers, StageOutput output)
    {
        var whole = Together(workers);
        var groups = FilledGroups(whole);
        whole.Groups.Sort(groups);
        output.Count(LedgerTerm.Created, groups.Length);
        for (var from = 0; from < groups.Length; from += Limits.BatchRowsMax)
            output.Emit(Build(whole, groups.AsSpan(from, Math.Min(Limits.BatchRowsMax, groups.Length - from))));
    }

    public override IEnumerable<(int Task, byte[] State)> WriteStates(IReadOnlyList<StageWorker> workers, int tasks, Func<long, int> orderOf)
    {
        var whole = Together(workers);
        whole.States.Locate(orderOf);
        var groups = FilledGroups(whole);
        var length = (int)Math.Clamp(PieceBytes * groups.Length / Math.Max(1, whole.Groups.ByteSize + whole.States.ByteSize), 1, Limits.BatchRowsMax);
        foreach (var (task, own) in ByTask(whole, groups, tasks))
            foreach (var piece in own.Chunk(length))
                yield return (task, Write(whole, piece));
    }

    public override void TakeState(StageWorker worker, byte[] state) => ((AggregateWorker)worker).Take(new StateReader(new MemoryStream(state)));

    private AggregateWorker Together(IReadOnlyList<StageWorker> workers)
    {
        var whole = workers.Count == 0 ? new AggregateWorker(plan, budget) : (AggregateWorker)workers[0];
        foreach (var worker in workers.Skip(1)) whole.Absorb((AggregateWorker)worker);
        return whole;
    }

    private IEnumerable<(int Task, int[] Groups)> ByTask(AggregateWorker whole, int[] groups, int tasks)
    {
        if (tasks == 1) return [(0, groups)];
        var keys = new Column[plan.Keys.Count];
        for (var key = 0; key < keys.Length; key++) keys[key] = whole.Groups.Build(key, groups);
        var numbers = KeyGroups.Of(keys, groups.Length);
        foreach (var key in keys) key.Dispose();
        return groups.Zip(numbers).GroupBy(each => KeyShare.TaskOf(each.Second, tasks), each => each.First).Select(own => (own.Key, own.ToArray()));
    }

    private static byte[] Write(AggregateWorker whole, int[] groups)
    {
        using var bytes = new MemoryStream();
        var writer = new StateWriter(bytes);
        writer.Raw(StateWriter.Magic);
        whole.Write(writer, groups);
        writer.Finish(isWhole: true);
        return bytes.ToArray();
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
