using DataMesh.ControlPlane.Grains;
using DataMesh.Core;

namespace DataMesh.Runtime.Hosting.Peers;

/// <summary>
/// What the grains of a holding told and nobody has acknowledged yet: one queue per sender and receiver, delivered one by one, so that their order stays.
/// </summary>
public sealed class Outbox
{
    private readonly Dictionary<(GrainId From, GrainId To), Queue<GrainMessage>> _queues = [];
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _gate = new();

    /// <summary>Whether nothing waits.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate) return _queues.Count == 0;
        }
    }

    /// <summary>Puts a message in and has it delivered; false when too many wait for the same grain.</summary>
    /// <param name="message">The message.</param>
    /// <param name="deliver">Delivers a message, however long it takes; throws only when cancelled.</param>
    public bool Add(GrainMessage message, Func<GrainMessage, CancellationToken, Task> deliver)
    {
        var pair = (message.From!.Value, message.To);
        lock (_gate)
        {
            if (_ended.IsCancellationRequested) return true;
            if (_queues.TryGetValue(pair, out var queue))
            {
                if (queue.Count >= Limits.OutboxEventsMax) return false;
                queue.Enqueue(message);
                return true;
            }

            _queues[pair] = queue = new Queue<GrainMessage>([message]);
            _ = Task.Run(() => DeliverAllAsync(pair, queue, deliver));
            return true;
        }
    }

    /// <summary>Delivers no more: the activations that told it have ended.</summary>
    public void End() => _ended.Cancel();

    private async Task DeliverAllAsync((GrainId From, GrainId To) pair, Queue<GrainMessage> queue, Func<GrainMessage, CancellationToken, Task> deliver)
    {
        try
        {
            while (true)
            {
                GrainMessage? next;
                lock (_gate)
                {
                    if (!queue.TryPeek(out next))
                    {
                        _queues.Remove(pair);
                        return;
                    }
                }

                await deliver(next, _ended.Token);
                lock (_gate) queue.Dequeue();
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            lock (_gate) _queues.Remove(pair);
        }
    }
}
