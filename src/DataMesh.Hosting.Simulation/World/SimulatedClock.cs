namespace DataMesh.Hosting.Simulation.World;

/// <summary>The clock of a process.</summary>
public sealed class SimulatedClock : TimeProvider
{
    private readonly SimulatedProcess _process;

    internal SimulatedClock(SimulatedProcess process) => _process = process;

    /// <summary>How far its wall time is ahead of the others'.</summary>
    public TimeSpan Ahead { get; set; }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long GetTimestamp() => _process.World.Ticks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => SimulatedWorld.Beginning + _process.World.Now + Ahead;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(_process, () => callback(state), Timeout.InfiniteTimeSpan);
        timer.Change(dueTime, period);
        return timer;
    }
}
