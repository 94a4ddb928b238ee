using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Sources;
using DataMesh.Hosting.Orleans.Silos;
using DataMesh.Hosting.Redis.Tests;
using DataMesh.Runtime.Hosting;
using DataMesh.Tests.Hosting;

namespace DataMesh.Hosting.Orleans.Tests;

/// <summary>Several Orleans silos on one Redis.</summary>
public sealed class ClusterTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly RedisServer _redis = new();
    private readonly CounterWorker _worker = new();

    [Fact]
    public async Task A_grain_is_active_on_one_silo_whoever_calls_it()
    {
        await using var silos = await SilosAsync(3);
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => silos[i % 3].CallAsync(CounterMachine.Id($"one{i % 5}"), new SplitsRead(1), Patience, default)));
        for (var i = 0; i < 5; i++) Assert.Equal(60, (await StateOf(silos[0], CounterMachine.Id($"one{i}"))).GetProperty("Sum").GetInt64());
        Assert.Empty(_worker.Overlaps);
    }

    [Fact]
    public async Task Groups_are_placed_where_there_is_the_least_to_do_and_their_grains_together()
    {
        await using var silos = await SilosAsync(3);
        for (var i = 0; i < 9; i++)
        {
            await KeepAsync(silos[0], $"p{i}");
            await silos[1].CallAsync(new GrainId(GrainKind.Source, $"p{i}/second"), new SplitsRead(1), Patience, default);
        }

        var leases = await silos[0].LeasesAsync(default);
        Assert.Equal(9, leases.Count);
        Assert.All(leases.GroupBy(lease => lease.Silo), held => Assert.Equal(3, held.Count()));
    }

    [Fact]
    public async Task What_one_grain_tells_another_on_another_silo_arrives_in_order()
    {
        await using var silos = await SilosAsync(2);
        await KeepAsync(silos[0], "told");
        var holder = await HolderAsync(silos, "told");
        await KeepAsync(silos[0], "teller");
        Assert.NotEqual(holder, await HolderAsync(silos, "teller"));
        await silos[0].CallAsync(CounterMachine.Id("teller"), new SplitsRead(CounterMachine.TellAll, 200), Patience, default);
        await UntilAsync(async () => (await StateOf(silos[0], CounterMachine.Id("told"))).GetProperty("Heard").GetArrayLength() == 200, "200 events arrive");
        Assert.Equal(
            Enumerable.Range(0, 200).Select(number => (long)number),
            (await StateOf(silos[0], CounterMachine.Id("told"))).GetProperty("Heard").EnumerateArray().Select(number => number.GetInt64()));
    }

    [Fact]
    public async Task The_grains_of_a_silo_that_died_are_taken_up_by_all_the_others()
    {
        await using var silos = await SilosAsync(3);
        for (var i = 0; i < 12; i++) await KeepAsync(silos[0], $"p{i}");
        var dead = silos[2].SiloId;
        await silos[2].DisposeAsync();
        await UntilAsync(async () => (await silos[0].LeasesAsync(default)).All(lease => lease.Silo is not null && lease.Silo != dead), "every lease is held again");
        var leases = await silos[0].LeasesAsync(default);
        // Each silo places by what it knows of the others, which is half a second old at most.
        Assert.All(leases.GroupBy(lease => lease.Silo), held => Assert.InRange(held.Count(), 4, 8));
        await UntilAsync(async () => (await ResumedAsync(silos[0], 12)) >= 4, "the four grains that it ran are resumed");
    }

    [Fact]
    public async Task A_silo_that_leaves_hands_its_grains_over_after_a_barrier()
    {
        await using var silos = await SilosAsync(2);
        for (var i = 0; i < 4; i++) await KeepAsync(silos[0], $"p{i}");
        await silos[1].LeaveAsync(default);
        Assert.Equal(2, _worker.Drained.Count);
        await UntilAsync(async () => (await silos[0].LeasesAsync(default)).All(lease => lease.Silo == silos[0].SiloId), "the other silo holds every lease");
        await UntilAsync(async () => (await ResumedAsync(silos[0], 4)) == 2, "the two grains that it ran are resumed");
        Assert.False(silos[1].IsMember);
    }

    [Fact]
    public async Task A_silo_that_joins_is_given_its_share_and_then_nothing_moves_any_more()
    {
        await using var silos = await SilosAsync(1);
        for (var i = 0; i < 6; i++) await KeepAsync(silos[0], $"p{i}");
        silos.Add(await StartAsync());
        await UntilAsync(async () => (await silos[0].LeasesAsync(default)).Count(lease => lease.Silo == silos[1].SiloId) == 3, "half of the groups have moved");
        // Whoever takes a group up in the middle of a move may place it by what was true half a second ago; then it moves once more.
        Assert.InRange(_worker.Drained.Count, 3, 4);
        await UntilAsync(async () => (await ResumedAsync(silos[0], 6)) >= 3, "those three are resumed");
    }

    [Fact]
    public async Task Redis_is_killed_and_restarted_and_the_grains_go_on_where_they_were()
    {
        await using var silos = await SilosAsync(2);
        for (var i = 0; i < 4; i++) await KeepAsync(silos[0], $"p{i}");
        var before = await silos[0].LeasesAsync(default);
        _redis.Kill();
        _redis.Start();
        for (var i = 0; i < 4; i++) await UntilAsync(() => TryCallAsync(silos[1], CounterMachine.Id($"p{i}")), "grains answer again");
        Assert.Equal(before, await silos[0].LeasesAsync(default));
    }

    [Fact]
    public async Task Nobody_joins_without_the_secret()
    {
        await using var silos = await SilosAsync(1);
        await KeepAsync(silos[0], "p0");
        await Assert.ThrowsAnyAsync<Exception>(() => StartAsync("another"));
        Assert.True(await TryCallAsync(silos[0], CounterMachine.Id("p0")));
    }

    public void Dispose() => _redis.Dispose();

    private async Task<OrleansSilo> StartAsync(string? secret = null)
    {
        var options = new OrleansOptions(_redis.Address) { Address = new Uri("http://127.0.0.1:1"), Secret = secret ?? "secret", SettleTime = TimeSpan.FromMilliseconds(500), EndProcess = () => { } };
        var silo = OrleansSilo.Create(options, new CounterActivator(_worker), TimeProvider.System, _ => { });
        try
        {
            await silo.StartAsync(default).WaitAsync(TimeSpan.FromSeconds(secret is null ? 30 : 3));
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    private async Task<SiloList> SilosAsync(int count)
    {
        var silos = new SiloList();
        for (var i = 0; i < count; i++) silos.Add(await StartAsync());
        await UntilAsync(async () => (await silos[0].SilosAsync(default)).Count == count, "all silos know each other");
        return silos;
    }

    private static Task KeepAsync(OrleansSilo silo, string key) => silo.CallAsync(CounterMachine.Id(key), new SplitsRead(CounterMachine.Keep), Patience, default);

    private static async Task<string?> HolderAsync(SiloList silos, string group) => (await silos[0].LeasesAsync(default)).Single(lease => lease.Group == group).Silo;

    private static async Task<System.Text.Json.JsonElement> StateOf(OrleansSilo silo, GrainId id)
    {
        using var state = System.Text.Json.JsonDocument.Parse((await silo.States.ReadAsync(id, default))!.Json);
        return state.RootElement.Clone();
    }

    private static async Task<int> ResumedAsync(OrleansSilo silo, int count)
    {
        var resumed = 0;
        for (var i = 0; i < count; i++) resumed += (await StateOf(silo, CounterMachine.Id($"p{i}"))).GetProperty("Resumed").GetInt32();
        return resumed;
    }

    private static async Task<bool> TryCallAsync(OrleansSilo silo, GrainId id)
    {
        try
        {
            await silo.CallAsync(id, new SplitsRead(1), TimeSpan.FromSeconds(1), default);
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

    private sealed class SiloList : List<OrleansSilo>, IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var silo in this) await silo.DisposeAsync();
        }
    }
}
