using DataMesh.DataPlane.Flow;

namespace DataMesh.DataPlane.Exchanges;

/// <summary>An exchange between tasks of one process: parcels are handed over as they are.</summary>
/// <param name="tasks">How many tasks take part.</param>
/// <param name="credit">Bytes that one task may have waiting at another. A larger parcel goes when nothing else waits.</param>
/// <param name="whole">The budget of all tasks of the silo, which counts what waits too; null without one.</param>
public sealed class LocalExchange(int tasks, long credit, ByteBudget? whole = null) : IExchange, IDisposable
{
    private readonly Inbox[] _inboxes = [.. Enumerable.Range(0, tasks).Select(_ => new Inbox(tasks, credit, whole))];
    private volatile bool _isGivenUp;

    /// <inheritdoc/>
    public int Tasks => tasks;

    /// <summary>Whether the attempt counts for nothing any more: what is sent goes nowhere, and nothing is received.</summary>
    public bool IsGivenUp => _isGivenUp;

    /// <inheritdoc/>
    public ValueTask SendAsync(int from, int to, Parcel parcel, CancellationToken cancellation) => _inboxes[to].AddAsync(from, parcel, cancellation);

    /// <inheritdoc/>
    public ValueTask<Parcel?> ReceiveAsync(int to, CancellationToken cancellation) => _inboxes[to].TakeAsync(cancellation);

    /// <inheritdoc/>
    public long WaitingAt(int to) => _inboxes[to].Bytes;

    /// <inheritdoc/>
    public void GiveUp()
    {
        _isGivenUp = true;
        foreach (var inbox in _inboxes) inbox.Close();
    }

    /// <summary>Lets go of what nobody has received.</summary>
    public void Dispose() => GiveUp();

    /// <summary>What waits for one task, in the order in which it came.</summary>
    private sealed class Inbox(int senders, long credit, ByteBudget? whole)
    {
        private readonly Lock _lock = new();
        private readonly Queue<Parcel> _parcels = [];
        private readonly long[] _waiting = new long[senders];
        private TaskCompletionSource? _changed;
        private long _bytes;
        private bool _isClosed;

        public long Bytes => Interlocked.Read(ref _bytes);

        public async ValueTask AddAsync(int from, Parcel parcel, CancellationToken cancellation)
        {
            var bytes = parcel.ByteSize;
            while (true)
            {
                Task changed;
                lock (_lock)
                {
                    if (_isClosed) break;
                    if (bytes == 0 || _waiting[from] == 0 || _waiting[from] + bytes <= credit)
                    {
                        Account(from, bytes);
                        _parcels.Enqueue(parcel);
                        Change();
                        return;
                    }

                    changed = NextChange();
                }

                await changed.WaitAsync(cancellation);
            }

            parcel.Dispose();
        }

        public async ValueTask<Parcel?> TakeAsync(CancellationToken cancellation)
        {
            while (true)
            {
                Task changed;
                lock (_lock)
                {
                    if (_isClosed) return null;
                    if (_parcels.TryDequeue(out var parcel))
                    {
                        Account(parcel.From, -parcel.ByteSize);
                        Change();
                        return parcel;
                    }

                    changed = NextChange();
                }

                await changed.WaitAsync(cancellation);
            }
        }

        public void Close()
        {
            lock (_lock)
            {
                _isClosed = true;
                while (_parcels.TryDequeue(out var parcel))
                {
                    Account(parcel.From, -parcel.ByteSize);
                    parcel.Dispose();
                }

                Change();
            }
        }

        private void Account(int from, long bytes)
        {
            _waiting[from] += bytes;
            _bytes += bytes;
            if (bytes > 0) whole?.Spend(bytes);
            else whole?.Return(-bytes);
        }

        private Task NextChange() => (_changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        private void Change()
        {
            var before = _changed;
            _changed = null;
            before?.SetResult();
        }
    }
}
