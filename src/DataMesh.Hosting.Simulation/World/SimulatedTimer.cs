namespace DataMesh.Hosting.Simulation.World;

/// <summary>A timer of a process: when it is due, what it does is a step of the process.</summary>
internal sealed class SimulatedTimer : ITimer
{
    private readonly SimulatedProcess _process;
    private readonly Action _callback;
    private TimeSpan _period = Timeout.InfiniteTimeSpan;
    private long _number = -1;

    public SimulatedTimer(SimulatedProcess process, Action callback, TimeSpan dueTime)
    {
        (_process, _callback) = (process, callback);
        Change(dueTime, Timeout.InfiniteTimeSpan);
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        lock (_process.World.Gate)
        {
            (_number, _period) = (-1, period);
            if (dueTime != Timeout.InfiniteTimeSpan) _number = _process.World.Plan(this, _process.World.Ticks + dueTime.Ticks);
            return true;
        }
    }

    /// <summary>The time that was planned under this number has come.</summary>
    public void Ring(long number)
    {
        if (number != _number || _process.IsDead) return;
        _process.Add(new SimulatedStep(_callback));
        _number = _period > TimeSpan.Zero ? _process.World.Plan(this, _process.World.Ticks + _period.Ticks) : -1;
    }

    public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }
}
