using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Tests.Runs;

public sealed class TriggerClockTests
{
    private readonly ManualClock _clock = new(new DateTimeOffset(2026, 1, 10, 2, 30, 0, TimeSpan.Zero));

    [Fact]
    public async Task An_interval_counts_from_the_last_look_and_is_deaf_to_a_clock_that_is_set_back()
    {
        var trigger = new TriggerClock(new Trigger(TriggerKind.Every, TimeSpan.FromMinutes(5)), _clock);
        _clock.Advance(TimeSpan.FromMinutes(4));
        var waiting = trigger.WaitAsync(CancellationToken.None);
        _clock.SetBack(TimeSpan.FromHours(3));
        Assert.False(waiting.IsCompleted);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await waiting;
    }

    [Fact]
    public async Task A_look_that_took_longer_than_the_interval_is_followed_by_the_next_at_once()
    {
        var trigger = new TriggerClock(new Trigger(TriggerKind.Every, TimeSpan.FromMinutes(5)), _clock);
        _clock.Advance(TimeSpan.FromMinutes(9));
        var waiting = trigger.WaitAsync(CancellationToken.None);
        Assert.True(waiting.IsCompleted);
        await waiting;
    }

    [Fact]
    public async Task A_time_of_a_cron_expression_fires_once_also_when_the_clock_is_set_back_over_it()
    {
        var trigger = new TriggerClock(new Trigger(TriggerKind.Cron, Cron: "0 3 * * *"), _clock);
        var first = trigger.WaitAsync(CancellationToken.None);
        Pass(TimeSpan.FromMinutes(29));
        Assert.False(first.IsCompleted);
        Pass(TimeSpan.FromMinutes(1));
        await first;
        _clock.SetBack(TimeSpan.FromMinutes(20));
        var second = trigger.WaitAsync(CancellationToken.None);
        Pass(TimeSpan.FromMinutes(30));
        Assert.False(second.IsCompleted);
        Pass(TimeSpan.FromHours(24));
        await second;
    }

    [Fact]
    public async Task A_stop_ends_the_wait()
    {
        using var stop = new CancellationTokenSource();
        var waiting = new TriggerClock(new Trigger(TriggerKind.Every, TimeSpan.FromMinutes(5)), _clock).WaitAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    /// <summary>Lets time pass minute by minute, waiting for the sleeper to sleep again in between.</summary>
    private void Pass(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromMinutes(1))
        {
            SpinWait.SpinUntil(() => _clock.Waiting > 0, TimeSpan.FromSeconds(1));
            _clock.Advance(TimeSpan.FromMinutes(1));
        }
    }
}
