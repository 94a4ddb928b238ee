namespace DataMesh.DataPlane.Exchanges;

/// <summary>
/// Where the order of rows matters, the rows of a split count when those of all splits before it have been sent: until it is its turn, a task only reads and
/// decodes ahead. So an epoch always ends somewhere in the order of the source, as if one task had read alone. What was read ahead of a split that does not
/// get its turn in the epoch is read again.
/// </summary>
internal sealed class Turns
{
    private readonly Lock _lock = new();
    private readonly HashSet<int> _ended = [];
    private readonly HashSet<int> _before = [];
    private readonly HashSet<int> _open = [];
    private TaskCompletionSource<bool> _turn = NewTurn();
    private bool _isLost;

    /// <summary>Whether it is not the current split's turn in this epoch any more, and never was.</summary>
    public bool IsLost
    {
        get { lock (_lock) return _isLost; }
    }

    /// <summary>Whether it is the current split's turn.</summary>
    public bool HasTurn => _turn.Task is { IsCompleted: true, Result: true };

    /// <summary>Completes when it is known whether it is the current split's turn in this epoch.</summary>
    public Task<bool> Turn => _turn.Task;

    /// <summary>An epoch begins, in the middle of the split that was the current one, if there was one.</summary>
    public void BeginEpoch()
    {
        lock (_lock)
        {
            _open.Clear();
            if (!_isLost) return;
            (_isLost, _turn) = (false, NewTurn());
            Settle();
        }
    }

    /// <summary>The task reads a split.</summary>
    /// <param name="order">Its place among the splits of the run.</param>
    /// <param name="before">The places of the splits before it that were not finished when it was handed out.</param>
    public void Begin(int order, IReadOnlyList<int> before)
    {
        lock (_lock)
        {
            var oldest = before.Count > 0 ? Math.Min(order, before.Min()) : order;
            _ended.RemoveWhere(each => each < oldest);
            _before.Clear();
            _before.UnionWith(before);
            _before.ExceptWith(_ended);
            _turn = NewTurn();
            if (_before.Overlaps(_open)) Lose();
            else Settle();
        }
    }

    /// <summary>All rows of a split have been sent.</summary>
    public void End(int split)
    {
        lock (_lock)
        {
            _ended.Add(split);
            if (_before.Remove(split)) Settle();
        }
    }

    /// <summary>A task has ended the epoch in the middle of a split.</summary>
    public void StayOpen(int split)
    {
        lock (_lock)
        {
            _open.Add(split);
            if (_before.Contains(split)) Lose();
        }
    }

    /// <summary>The attempt is given up.</summary>
    public void GiveUp()
    {
        lock (_lock) Lose();
    }

    private void Lose()
    {
        if (_turn.TrySetResult(false)) _isLost = true;
    }

    private void Settle()
    {
        if (_isLost) _turn.TrySetResult(false);
        else if (_before.Count == 0) _turn.TrySetResult(true);
    }

    private static TaskCompletionSource<bool> NewTurn() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
