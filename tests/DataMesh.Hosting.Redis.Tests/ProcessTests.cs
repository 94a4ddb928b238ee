using System.Text.Json;
using DataMesh.ControlPlane.Sources;
using DataMesh.Runtime.Hosting;
using DataMesh.Tests.Hosting;

namespace DataMesh.Hosting.Redis.Tests;

/// <summary>Silos in processes of their own that are killed, frozen and asked to end, while a silo in the test's process calls their grains.</summary>
public sealed class ProcessTests : IAsyncLifetime
{
    private const int Grains = 6;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly RedisServer _redis = new();
    private readonly List<SiloProcess> _silos = [];
    private TestSilo _caller = null!;

    public async Task InitializeAsync()
    {
        _silos.AddRange(await Task.WhenAll(SiloProcess.StartAsync(_redis), SiloProcess.StartAsync(_redis)));
        _caller = await TestSilo.StartAsync(_redis, with: options => options with { SettleTime = TimeSpan.FromMinutes(1) });
        for (var i = 0; i < Grains; i++) await _caller.Host.CallAsync(CounterMachine.Id($"p{i}"), new SplitsRead(CounterMachine.Keep), Patience, default);
    }

    public async Task DisposeAsync()
    {
        foreach (var silo in _silos) silo.Dispose();
        await _caller.DisposeAsync();
        _redis.Dispose();
    }

    [Fact]
    public async Task A_silo_is_killed_and_no_turn_is_lost_or_doubled()
    {
        var lost = await HeldByAsync(_silos[0].Id);
        Assert.NotEmpty(lost);
        var calls = await WhileCallingAsync(async () =>
        {
            _silos[0].Signal("KILL");
            await ResumedElsewhereAsync(lost, _silos[0].Id);
        });
        await CheckAsync(calls);
        Assert.DoesNotContain(await _caller.Host.SilosAsync(default), silo => silo.Id == _silos[0].Id);
    }

    [Fact]
    public async Task A_silo_is_frozen_for_longer_than_its_session_and_does_no_harm_when_it_wakes()
    {
        var lost = await HeldByAsync(_silos[0].Id);
        var calls = await WhileCallingAsync(async () =>
        {
            _silos[0].Signal("STOP");
            await ResumedElsewhereAsync(lost, _silos[0].Id);
            _silos[0].Signal("CONT");
            await UntilAsync(async () => (await _caller.Host.SilosAsync(default)).Count == 3, "the silo is back as a new one");
        });
        await CheckAsync(calls);
        Assert.DoesNotContain(await _caller.Host.SilosAsync(default), silo => silo.Id == _silos[0].Id);
        Assert.Contains(_silos[0].Log, line => line.Contains("is over", StringComparison.Ordinal) || line.Contains("all grains stop", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_call_in_flight_to_a_silo_that_is_killed_fails_long_before_its_time_out()
    {
        var group = (await HeldByAsync(_silos[0].Id))[0];
        await _caller.Host.CallAsync(CounterMachine.Id(group), new SplitsRead(1), Patience, default);
        _silos[0].Signal("STOP");
        var call = _caller.Host.CallAsync(CounterMachine.Id(group), new SplitsRead(1), TimeSpan.FromHours(1), default);
        Assert.False(call.IsCompleted);
        _silos[0].Signal("KILL");
        Assert.Equal(CallFailure.Unreachable, (await Assert.ThrowsAsync<GrainCallException>(() => call.WaitAsync(Patience))).Failure);
    }

    [Fact]
    public async Task A_silo_is_asked_to_end_and_hands_over()
    {
        var held = await HeldByAsync(_silos[0].Id);
        var calls = await WhileCallingAsync(async () =>
        {
            _silos[0].Signal("TERM");
            Assert.Equal(0, await _silos[0].ExitAsync());
            await ResumedElsewhereAsync(held, _silos[0].Id);
        });
        await CheckAsync(calls);
    }

    [Fact]
    public async Task Redis_is_killed_under_load_and_no_turn_is_lost_or_doubled()
    {
        var calls = await WhileCallingAsync(async () =>
        {
            _redis.Kill();
            _redis.Start();
            for (var i = 0; i < Grains; i++) await UntilAsync(() => TryCallAsync(i, 0), "grains answer again");
        });
        await CheckAsync(calls);
    }

    private async Task<List<string>> HeldByAsync(string silo) =>
        [.. (await _caller.Host.LeasesAsync(default)).Where(lease => lease.Silo == silo && lease.KeepsRunning).Select(lease => lease.Group)];

    private Task ResumedElsewhereAsync(List<string> groups, string silo) => UntilAsync(
        async () =>
        {
            var leases = (await _caller.Host.LeasesAsync(default)).ToDictionary(lease => lease.Group);
            return groups.All(group => leases[group].Silo is { } holder && holder != silo);
        },
        "others hold the leases");

    /// <summary>Calls all grains again and again while something happens; how often each was called, and how often that surely succeeded.</summary>
    private async Task<(long[] Tried, long[] Succeeded)> WhileCallingAsync(Func<Task> happens)
    {
        var (tried, succeeded) = (new long[Grains], new long[Grains]);
        using var over = new CancellationTokenSource();
        var calling = Enumerable.Range(0, Grains).Select(i => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                tried[i]++;
                if (await TryCallAsync(i, 1)) succeeded[i]++;
                else await Task.Delay(5);
            }
        })).ToList();
        await happens();
        await over.CancelAsync();
        await Task.WhenAll(calling);
        return (tried, succeeded);
    }

    private async Task CheckAsync((long[] Tried, long[] Succeeded) calls)
    {
        for (var i = 0; i < Grains; i++)
        {
            await UntilAsync(() => TryCallAsync(i, 0), "the grain answers");
            using var state = JsonDocument.Parse((await _caller.Host.States.ReadAsync(CounterMachine.Id($"p{i}"), default))!.Json);
            Assert.InRange(state.RootElement.GetProperty("Sum").GetInt64(), calls.Succeeded[i], calls.Tried[i]);
            Assert.True(calls.Succeeded[i] > 0);
        }
    }

    private async Task<bool> TryCallAsync(int grain, long count)
    {
        try
        {
            await _caller.Host.CallAsync(CounterMachine.Id($"p{grain}"), new SplitsRead(count), TimeSpan.FromSeconds(5), default);
            return true;
        }
        catch (GrainCallException)
        {
            return false;
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> happened, string what)
    {
        using var late = new CancellationTokenSource(Patience);
        while (!await happened())
        {
            Assert.False(late.IsCancellationRequested, $"Waited {Patience.TotalSeconds} s in vain until {what}.");
            await Task.Delay(10);
        }
    }
}
