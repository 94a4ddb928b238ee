namespace DataMesh.DataPlane.Flow;

/// <summary>
/// The bytes that a task may hold in flight. Reading waits while the budget is spent; later steps may overdraw it, because only they can pay it back.
/// A budget may be part of a larger one, that of all tasks of a silo: who has nothing in flight may read a block even when that one is spent by others,
/// so that no task waits for another that waits for it.
/// </summary>
public sealed class ByteBudget(long limit, ByteBudget? whole = null)
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
            Task mine;
            bool hasRoom;
            lock (_lock)
            {
                hasRoom = _spent < limit;
                if (_spent == 0 || (hasRoom && whole is null)) return;
                mine = NextReturn();
            }

            if (whole?.UntilRoom() is not { } all)
            {
                if (hasRoom) return;
                await mine.WaitAsync(cancellation);
            }
            else
            {
                await Task.WhenAny(mine, all).WaitAsync(cancellation);
            }
        }
    }

    /// <summary>Completes when bytes have been paid back; null when there is room now.</summary>
    private Task? UntilRoom()
    {
        lock (_lock) return _spent < limit ? null : NextReturn();
    }

    private Task NextReturn() => (_waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Spends bytes, even beyond the limit.</summary>
    public void Spend(long bytes)
    {
        lock (_lock) _spent += bytes;
        whole?.Spend(bytes);
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
        whole?.Return(bytes);
    }
}
