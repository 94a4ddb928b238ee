using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;

namespace DataMesh.Runtime.Runs;

/// <summary>
/// Says when a pipeline looks again. Intervals are measured by a clock that only goes forward; a time of a cron expression fires once, also when the
/// machine's clock is set back over it.
/// </summary>
public sealed class TriggerClock
{
    /// <summary>How often a continuous pipeline looks.</summary>
    public static TimeSpan ContinuousInterval { get; } = TimeSpan.FromSeconds(1);

    /// <summary>A wait is cut into pieces, so that a changed clock is noticed.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private readonly Trigger _trigger;
    private readonly TimeProvider _clock;
    private readonly CronTimes? _cron;
    private long _looked;
    private DateTimeOffset _fired;

    /// <summary>A clock that starts with a first look now.</summary>
    public TriggerClock(Trigger trigger, TimeProvider clock)
    {
        (_trigger, _clock) = (trigger, clock);
        (_looked, _fired) = (clock.GetTimestamp(), clock.GetUtcNow());
        if (trigger.Kind == TriggerKind.Cron && !CronTimes.TryParse(trigger.Cron!, trigger.TimeZone, out _cron, out var why))
            throw new DataMeshException($"'{trigger.Cron}' is not a cron expression: {why}.");
    }

    /// <summary>Waits until it is time to look again.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        if (_cron is null) await WaitForIntervalAsync(cancellation);
        else await WaitForTimeAsync(_cron, cancellation);
        _looked = _clock.GetTimestamp();
    }

    private async Task WaitForIntervalAsync(CancellationToken cancellation)
    {
        var interval = _trigger.Kind == TriggerKind.Every ? _trigger.Interval : ContinuousInterval;
        var left = interval - _clock.GetElapsedTime(_looked);
        if (left > TimeSpan.Zero) await Task.Delay(left, _clock, cancellation);
        cancellation.ThrowIfCancellationRequested();
    }

    private async Task WaitForTimeAsync(CronTimes cron, CancellationToken cancellation)
    {
        var due = cron.Next(Later(_fired, _clock.GetUtcNow()))
            ?? throw new DataMeshException($"The cron expression '{_trigger.Cron}' has no time any more.", hint: "change the trigger");
        while (due - _clock.GetUtcNow() is var left && left > TimeSpan.Zero)
            await Task.Delay(left < LongestSleep ? left : LongestSleep, _clock, cancellation);
        _fired = due;
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
