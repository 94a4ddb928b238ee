using System.Buffers;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Keys;
using DataMesh.DataPlane.Flow;
using DataMesh.DataPlane.Graph;

namespace DataMesh.DataPlane.Exchanges;

/// <summary>One task's side of the exchange: divides rows and sends them, and keeps its turns. It lives as long as the data path, across epochs.</summary>
internal sealed class Crossing(BoundGraph graph, ExchangePlan plan, int task)
{
    private readonly Dictionary<int, RowDivider?> _dividers = [];
    private IExchange? _exchange;

    /// <summary>What crosses where.</summary>
    public ExchangePlan Plan => plan;

    /// <summary>When this task's splits count; null where the order of rows does not matter.</summary>
    public Turns? Turns { get; } = plan.IsOrdered ? new Turns() : null;

    /// <summary>What the current attempt sends through.</summary>
    public IExchange Exchange => _exchange!;

    /// <summary>Bytes that wait for this task.</summary>
    public long BytesWaiting => _exchange?.WaitingAt(task) ?? 0;

    /// <summary>An attempt at an epoch begins.</summary>
    public void Begin(IExchange exchange)
    {
        _exchange = exchange;
        Turns?.BeginEpoch();
    }

    /// <summary>Sends what of a morsel goes to other tasks, or to this one as one among them; it is taken out of the morsel.</summary>
    public async ValueTask SendAsync(Morsel morsel, CancellationToken cancellation)
    {
        for (var i = 0; i < morsel.Batches.Count; i++)
        {
            var (to, batch) = morsel.Batches[i];
            if (!plan.IsCut(to)) continue;
            morsel.Batches.RemoveAt(i--);
            await SendAsync(to, batch, cancellation);
        }
    }

    /// <summary>Sends what the cores absorbed.</summary>
    public async ValueTask SendStatesAsync(IReadOnlyList<CoreRunner> cores, Func<long, int> orderOf, CancellationToken cancellation)
    {
        foreach (var node in graph.Stages.Where(plan.SendsStates))
        {
            IReadOnlyList<StageWorker> workers = [.. cores.SelectMany(core => core.WorkersOf(node))];
            if (workers.Count == 0) continue;
            foreach (var (to, state) in node.Bound.WriteStates(workers, plan.IsWhole(node.Node) ? 1 : plan.Tasks, orderOf))
                await Exchange.SendAsync(task, to, new Parcel(ParcelKind.State, task) { To = new Edge(node.Node, 0, false), State = state }, cancellation);
        }
    }

    /// <summary>Says that all rows of a split were sent.</summary>
    public ValueTask EndSplitAsync(OpenSplit split, CancellationToken cancellation) =>
        Turns is null ? ValueTask.CompletedTask : SayAsync(new Parcel(ParcelKind.SplitEnd, task) { Split = split.Order }, cancellation);

    /// <summary>Says that everything of the epoch was sent.</summary>
    public ValueTask EndAsync(OpenSplit? open, bool isDrained, CancellationToken cancellation) =>
        SayAsync(new Parcel(ParcelKind.End, task) { Split = open?.Order ?? -1, IsDrained = isDrained }, cancellation);

    /// <summary>Says that no stage can use more of the input.</summary>
    public ValueTask SayEnoughAsync(CancellationToken cancellation) => SayAsync(new Parcel(ParcelKind.Enough, task), cancellation);

    private async ValueTask SayAsync(Parcel parcel, CancellationToken cancellation)
    {
        for (var to = 0; to < plan.Tasks; to++) await Exchange.SendAsync(task, to, parcel, cancellation);
    }

    private async ValueTask SendAsync(Edge to, RecordBatch batch, CancellationToken cancellation)
    {
        if (plan.IsWhole(to.Node))
        {
            await Exchange.SendAsync(task, 0, new Parcel(ParcelKind.Rows, task) { To = to, Batch = batch }, cancellation);
            return;
        }

        if (!_dividers.TryGetValue(to.Node, out var divider)) _dividers.Add(to.Node, divider = graph.StageAt(to.Node).Bound.CreateDivider());
        using (batch)
        {
            // All at once: each may be on its way to another machine.
            await Task.WhenAll(Divide(batch, divider!.GroupsOf(batch))
                .ConvertAll(part => Exchange.SendAsync(task, part.Task, new Parcel(ParcelKind.Rows, task) { To = to, Batch = part.Rows }, cancellation).AsTask()));
        }
    }

    /// <summary>The rows of each task that has some, in their order.</summary>
    private List<(RecordBatch Rows, int Task)> Divide(RecordBatch batch, byte[] groups)
    {
        var counts = new int[plan.Tasks + 1];
        foreach (var group in groups) counts[KeyShare.TaskOf(group, plan.Tasks) + 1]++;
        for (var i = 1; i < counts.Length; i++) counts[i] += counts[i - 1];
        var ends = counts.AsSpan(0, plan.Tasks).ToArray();
        var rows = ArrayPool<int>.Shared.Rent(batch.Length);
        for (var row = 0; row < groups.Length; row++) rows[ends[KeyShare.TaskOf(groups[row], plan.Tasks)]++] = row;
        var parts = new List<(RecordBatch, int)>();
        for (var i = 0; i < plan.Tasks; i++)
        {
            var own = rows.AsSpan(counts[i], counts[i + 1] - counts[i]);
            if (own.Length > 0) parts.Add((own.Length == batch.Length ? batch.Share() : batch.Take(own), i));
        }

        ArrayPool<int>.Shared.Return(rows);
        return parts;
    }
}
