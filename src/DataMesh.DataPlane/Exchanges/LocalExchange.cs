using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Exchanges;

/// <summary>An exchange between tasks of one process: batches are handed over as they are.</summary>
/// <param name="senders">How many tasks send.</param>
/// <param name="receivers">How many tasks receive.</param>
/// <param name="credit">Bytes that one sender may have waiting at one receiver. A larger batch goes when nothing else waits.</param>
public sealed class LocalExchange(int senders, int receivers, long credit) : IExchange, IDisposable
{
    private readonly Inbox[] _inboxes = [.. Enumerable.Range(0, receivers).Select(_ => new Inbox(senders, credit))];

    /// <inheritdoc/>
    public ValueTask SendAsync(int from, int to, RecordBatch batch, CancellationToken cancellation) => _inboxes[to].AddAsync(from, batch, cancellation);

    /// <inheritdoc/>
    public ValueTask EndAsync(int from, long epoch, CancellationToken cancellation)
    {
        foreach (var inbox in _inboxes) inbox.End(from, epoch);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask<Received> ReceiveAsync(int to, CancellationToken cancellation) => _inboxes[to].TakeAsync(cancellation);

    /// <summary>Lets go of what nobody has received.</summary>
    public void Dispose()
    {
        foreach (var inbox in _inboxes) inbox.Clear();
    }

    /// <summary>What waits for one receiver: a line for each sender, which stands still behind the end of an epoch until all lines have come to it.</summary>
    private sealed class Inbox(int senders, long credit)
    {
        private readonly Lock _lock = new();
        private readonly Queue<Received>[] _lines = [.. Enumerable.Range(0, senders).Select(_ => new Queue<Received>())];
        private readonly long[] _waiting = new long[senders];
        private TaskCompletionSource _changed = NewChange();
        private int _next;

        public async ValueTask AddAsync(int from, RecordBatch batch, CancellationToken cancellation)
        {
            var bytes = batch.ByteSize;
            while (true)
            {
                Task changed;
                lock (_lock)
                {
                    if (_waiting[from] == 0 || _waiting[from] + bytes <= credit)
                    {
                        _waiting[from] += bytes;
                        _lines[from].Enqueue(new Received(batch, from, -1));
                        Change();
                        return;
                    }

                    changed = _changed.Task;
                }

                await changed.WaitAsync(cancellation);
            }
        }

        public void End(int from, long epoch)
        {
            lock (_lock)
            {
                _lines[from].Enqueue(new Received(null, from, epoch));
                Change();
            }
        }

        public async ValueTask<Received> TakeAsync(CancellationToken cancellation)
        {
            while (true)
            {
                Task changed;
                lock (_lock)
                {
                    if (TryTake() is { } received) return received;
                    changed = _changed.Task;
                }

                await changed.WaitAsync(cancellation);
            }
        }

        public void Clear()
        {
            lock (_lock)
            {
                foreach (var received in _lines.SelectMany(line => line)) received.Batch?.Dispose();
                foreach (var line in _lines) line.Clear();
                Array.Clear(_waiting);
                Change();
            }
        }

        /// <summary>Takes from the lines in turn, so that no sender waits for another.</summary>
        private Received? TryTake()
        {
            for (var i = 0; i < senders; i++)
            {
                var from = (_next + i) % senders;
                if (!_lines[from].TryPeek(out var first) || first.Batch is null) continue;
                _lines[from].Dequeue();
                _next = from + 1;
                _waiting[from] -= first.Batch.ByteSize;
                Change();
                return first;
            }

            if (!Array.TrueForAll(_lines, line => line.Count > 0)) return null;
            var epochs = _lines.Select(line => line.Dequeue().Epoch).Distinct().ToList();
            return epochs.Count == 1 ? new Received(null, -1, epochs[0]) : throw new InvalidOperationException($"Senders ended different epochs: {string.Join(", ", epochs)}.");
        }

        private void Change()
        {
            var before = _changed;
            _changed = NewChange();
            before.SetResult();
        }

        private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
