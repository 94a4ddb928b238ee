using DataMesh.DataPlane.Exchanges;
using DataMesh.DataPlane.Flow;
using DataMesh.DataPlane.Graph;

namespace DataMesh.DataPlane;

/// <summary>
/// The way of the data from task to task. What reaches an edge that is cut goes to the task that has its key; each task also takes what all of them sent it
/// through its own ordered region. Sending waits for credit at the receiver; receiving waits only for the sinks, which pay their way themselves: so there is
/// always somebody who can go on.
/// </summary>
public sealed partial class DataPath
{
    private readonly Crossing? _crossing;
    /// <summary>What this task keeps of its own rows, and what it receives, come into the ordered region one after the other.</summary>
    private readonly SemaphoreSlim _ordering = new(1);
    private readonly List<(long FirstBlock, int Split)> _splits = [];
    private long _bytesFinished;
    private long _bytesCounted;

    private bool RunsHere(BoundNode node) => _crossing is null || _crossing.Plan.RunsIn(node.Node, _options.Task);

    private void BeginSplit(OpenSplit split)
    {
        if (_crossing is null) return;
        if (_splits.Count > 0 && _splits[^1].Split == split.Order) return;
        _splits.Add((_blocks, split.Order));
        _crossing.Turns?.Begin(split.Order, split.Before);
    }

    /// <summary>The bytes that count towards the end of the epoch: what is read ahead of a split's turn does not.</summary>
    private long Counted(long bytes) => _bytesCounted = _crossing is { Turns.HasTurn: false } ? _bytesFinished : bytes;

    /// <summary>The place among all splits of the one that a block is of.</summary>
    private int SplitOf(long block)
    {
        var (low, high) = (0, _splits.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_splits[middle].FirstBlock <= block) low = middle;
            else high = middle - 1;
        }

        return _splits[low].Split;
    }

    private async ValueTask<bool> HasTurnAsync(CancellationToken failing) => _crossing!.Turns is not { } turns || await turns.Turn.WaitAsync(failing);

    /// <summary>A split was read to its end. False when it did not get its turn in this epoch.</summary>
    private async ValueTask<bool> EndSplitAsync(OpenSplit split, long bytes, CancellationToken failing)
    {
        if (_crossing!.Turns is { IsLost: true }) return false;
        _bytesFinished = bytes;
        await _crossing.EndSplitAsync(split, failing);
        return true;
    }

    /// <summary>Sends what goes to other tasks, and takes in the rest.</summary>
    private async ValueTask CrossAsync(Morsel morsel, List<SinkStep> sinks, Quarantine.IQuarantine quarantine, CancellationToken failing)
    {
        await _crossing!.SendAsync(morsel, failing);
        await _ordering.WaitAsync(failing);
        try
        {
            await TakeAsync(morsel, sinks, quarantine);
        }
        finally
        {
            _ordering.Release();
        }
    }

    /// <summary>Everything was read: says so to all tasks, or that nothing of it counts.</summary>
    private async Task EndSendingAsync(OpenSplit? open, bool drained, CancellationToken failing)
    {
        if (_widenings.Count > 0)
        {
            _crossing!.Exchange.GiveUp();
            return;
        }

        if (_crossing!.Turns is { IsLost: true } && open is not null)
        {
            _meter.Read(-open.BytesRead);
            open.GoBack();
        }

        if (drained) await _crossing.SendStatesAsync(_cores, SplitOf, failing);
        await _crossing.EndAsync(open, drained, failing);
    }

    /// <summary>
    /// Takes in what all tasks send this one, until all have ended the epoch; then ends its stages. Returns whether the input had come to its end, null when
    /// the attempt was given up.
    /// </summary>
    private async Task<bool?> ReceiveAsync(IExchange exchange, List<SinkStep> sinks, Quarantine.IQuarantine quarantine, Func<long, bool> isDue, CancellationToken failing)
    {
        (_bytesFinished, _bytesCounted) = (0, 0);
        _crossing!.Begin(exchange);
        var (ended, drained) = (0, true);
        while (ended < exchange.Tasks)
        {
            if (await exchange.ReceiveAsync(_options.Task, failing) is not { } parcel)
            {
                _crossing.Turns?.GiveUp();
                return null;
            }

            if (parcel.Kind == ParcelKind.Enough || parcel.HasEnough) _hasSeenEnough = true;
            if (parcel.Kind == ParcelKind.SplitEnd) _crossing.Turns?.End(parcel.Split);
            else if (parcel.Kind == ParcelKind.End)
            {
                ended++;
                drained &= parcel.IsDrained;
                if (parcel.Split >= 0) _crossing.Turns?.StayOpen(parcel.Split);
            }
            else if (parcel.Kind is ParcelKind.Rows or ParcelKind.State)
            {
                if (await TakeAsync(parcel, sinks, quarantine, failing)) isDue(Interlocked.Read(ref _bytesCounted));
                if (_hasSeenEnough || !_ordered.HasSeenEnough()) continue;
                _hasSeenEnough = true;
                await _crossing.SayEnoughAsync(failing);
            }
        }

        await EndStagesAsync(drained, sinks, quarantine);
        return drained;
    }

    /// <summary>Takes rows or a state in; true when that makes the epoch due.</summary>
    private async ValueTask<bool> TakeAsync(Parcel parcel, List<SinkStep> sinks, Quarantine.IQuarantine quarantine, CancellationToken failing)
    {
        await _ordering.WaitAsync(failing);
        try
        {
            if (parcel.State is { } state)
            {
                var node = _graph.StageAt(parcel.To.Node);
                node.Bound.TakeState(_ordered.Worker(node, 0), state);
                return false;
            }

            _ordered.Deliver(parcel.To, parcel.Batch!);
            await ForwardAsync(sinks, quarantine);
            var wanted = WantsBarrier;
            WantsBarrier = _ordered.WantsBarrier();
            return WantsBarrier && !wanted;
        }
        finally
        {
            _ordering.Release();
        }
    }
}
