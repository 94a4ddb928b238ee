namespace DataMesh.Runtime.Tests.Runs;

/// <summary>A clock that is set while it is used: every look at the time of day moves that by one step, every look at the time that has passed adds another.</summary>
internal sealed class WanderingClock(DateTimeOffset start, TimeSpan dayStep, TimeSpan passedStep) : TimeProvider
{
    private readonly Lock _lock = new();
    private DateTimeOffset _now = start;
    private TimeSpan _passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _now += dayStep;
    }

    public override long GetTimestamp()
    {
        lock (_lock) return (_passed += passedStep).Ticks;
    }
}
