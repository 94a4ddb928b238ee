namespace DataMesh.DataPlane.Flow;

/// <summary>Counts the blocks between reading and the ordered step, for whoever has to wait until none is left.</summary>
internal sealed class InFlight
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiting;
    private int _count;

    /// <summary>A block was read.</summary>
    public void Enter()
    {
        lock (_lock) _count++;
    }

    /// <summary>A block has passed the ordered step.</summary>
    public void Leave()
    {
        TaskCompletionSource? waiting = null;
        lock (_lock)
        {
            if (--_count == 0) (waiting, _waiting) = (_waiting, null);
        }

        waiting?.SetResult();
    }

    /// <summary>Begins anew: what an abandoned epoch had in flight never arrives.</summary>
    public void Clear()
    {
        lock (_lock) _count = 0;
    }

    /// <summary>Waits until no block is left.</summary>
    public Task EmptyAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_count == 0) return Task.CompletedTask;
            return (_waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(cancellation);
        }
    }
}
