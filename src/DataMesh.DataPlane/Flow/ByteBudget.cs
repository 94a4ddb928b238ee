namespace DataMesh.DataPlane.Flow;

/// <summary>
/// The bytes that a task may hold in flight. Reading waits while the budget is spent; later steps may overdraw it, because only they can pay it back.
/// </summary>
public sealed class ByteBudget(long limit)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiting;
    private long _spent;

    /// <summary>Bytes in flight now.</summary>
    public long Spent => Interlocked.Read(ref _spent);

    /// <summary>Waits until there is something left to spend.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task waiting;
            lock (_lock)
            {
                if (_spent < limit) return;
                waiting = (_waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await waiting.WaitAsync(cancellation);
        }
    }

    /// <summary>Spends bytes, even beyond the limit.</summary>
    public void Spend(long bytes)
    {
        lock (_lock) _spent += bytes;
    }

    /// <summary>Pays bytes back.</summary>
    public void Return(long bytes)
    {
        TaskCompletionSource? waiting = null;
        lock (_lock)
        {
            _spent -= bytes;
            if (_spent < limit) (waiting, _waiting) = (_waiting, null);
        }

        waiting?.SetResult();
    }
}
