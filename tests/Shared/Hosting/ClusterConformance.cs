using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Sources;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Tests.Hosting;

/// <summary>
/// What every host of a cluster owes, whatever its silos agree in: inherit, say how a silo joins, and all of it is tested. Silos are made with a settle time of half a second.
/// </summary>
public abstract class ClusterConformance
{
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What the grains of all silos do.</summary>
    private protected CounterWorker Worker { get; } = new();

    /// <summary>Whether what a silo ran is taken up evenly at once; if not, some of it moves once more afterwards.</summary>
    protected virtual bool TakesUpEvenly => true;

    /// <summary>A silo that has joined.</summary>
    protected abstract Task<ISiloHost> JoinAsync();

    /// <summary>Ends a silo without a word to anybody.</summary>
    protected abstract ValueTask EndAsync(ISiloHost silo);

    /// <summary>Kills and restarts what the silos agree in.</summary>
    protected abstract void Restart();

    [Fact]
    public async Task A_grain_is_active_on_one_silo_whoever_calls_it()
    {
        await using var silos = await SilosAsync(3);
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => silos[i % 3].CallAsync(CounterMachine.Id($"one{i % 5}"), new SplitsRead(1), Patience, default)));
        for (var i = 0; i < 5; i++) Assert.Equal(60, (await StateOf(silos[0], CounterMachine.Id($"one{i}"))).GetProperty("Sum").GetInt64());
        Assert.Empty(Worker.Overlaps);
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
        await silos.EndAsync(2);
        await UntilAsync(async () => (await silos[0].LeasesAsync(default)).All(lease => lease.Silo is not null && lease.Silo != dead), "every lease is held again");
        if (TakesUpEvenly)
        {
            var leases = await silos[0].LeasesAsync(default);
            Assert.All(leases.GroupBy(lease => lease.Silo), held => Assert.Equal(6, held.Count()));
            await UntilAsync(async () => (await ResumedAsync(silos[0], 12)) == 4, "the four grains that it ran are resumed, and no other");
            return;
        }

        await UntilAsync(async () => (await silos[0].LeasesAsync(default)).GroupBy(lease => lease.Silo).All(held => held.Key is not null && held.Count() == 6), "each silo has its share");
        await UntilAsync(async () => (await ResumedAsync(silos[0], 12)) >= 4, "the four grains that it ran are resumed");
    }

    [Fact]
    public async Task A_silo_that_leaves_hands_its_grains_over_after_a_barrier()
    {
        await using var silos = await SilosAsync(2);
        for (var i = 0; i < 4; i++) await KeepAsync(silos[0], $"p{i}");
        await silos[1].LeaveAsync(default);
        Assert.Equal(2, Worker.Drained.Count);
        await UntilAsync(async () => (await silos[0].LeasesAsync(default)).All(lease => lease.Silo == silos[0].SiloId), "the other silo holds every lease");
        await UntilAsync(async () => (await ResumedAsync(silos[0], 4)) == 2, "the two grains that it ran are resumed");
        Assert.False(silos[1].IsMember);
    }

    [Fact]
    public async Task A_silo_that_joins_is_given_its_share_and_then_nothing_moves_any_more()
    {
        await using var silos = await SilosAsync(1);
        for (var i = 0; i < 6; i++) await KeepAsync(silos[0], $"p{i}");
        silos.Add(await JoinAsync());
        await UntilAsync(async () => (await silos[0].LeasesAsync(default)).Count(lease => lease.Silo == silos[1].SiloId) == 3, "half of the groups have moved");
        Assert.Equal(3, Worker.Drained.Count);
        await UntilAsync(async () => (await ResumedAsync(silos[0], 6)) == 3, "those three are resumed");
    }

    [Fact]
    public async Task What_they_agree_in_is_killed_and_restarted_and_the_grains_go_on_where_they_were()
    {
        await using var silos = await SilosAsync(2);
        for (var i = 0; i < 4; i++) await KeepAsync(silos[0], $"p{i}");
        var before = await silos[0].LeasesAsync(default);
        Restart();
        await UntilAsync(() => TryCallAsync(silos[0], CounterMachine.Id("p0")), "grains answer again");
        for (var i = 0; i < 4; i++) await UntilAsync(() => TryCallAsync(silos[1], CounterMachine.Id($"p{i}")), "grains answer again");
        var after = await silos[0].LeasesAsync(default);
        Assert.Equal(before.Select(lease => (lease.Group, lease.Silo)), after.Select(lease => (lease.Group, lease.Silo)));
    }

    private protected async Task<SiloList> SilosAsync(int count)
    {
        var silos = new SiloList(EndAsync);
        for (var i = 0; i < count; i++) silos.Add(await JoinAsync());
        await UntilAsync(async () => (await silos[0].SilosAsync(default)).Count == count, "all silos know each other");
        return silos;
    }

    private protected static Task KeepAsync(ISiloHost silo, string key) => silo.CallAsync(CounterMachine.Id(key), new SplitsRead(CounterMachine.Keep), Patience, default);

    private static async Task<string?> HolderAsync(SiloList silos, string group) => (await silos[0].LeasesAsync(default)).Single(lease => lease.Group == group).Silo;

    private static async Task<System.Text.Json.JsonElement> StateOf(ISiloHost silo, GrainId id)
    {
        using var state = System.Text.Json.JsonDocument.Parse((await silo.States.ReadAsync(id, default))!.Json);
        return state.RootElement.Clone();
    }

    private protected static async Task<int> ResumedAsync(ISiloHost silo, int count)
    {
        var resumed = 0;
        for (var i = 0; i < count; i++) resumed += (await StateOf(silo, CounterMachine.Id($"p{i}"))).GetProperty("Resumed").GetInt32();
        return resumed;
    }

    private protected static async Task<bool> TryCallAsync(ISiloHost silo, GrainId id)
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

    private protected static async Task UntilAsync(Func<Task<bool>> happened, string what)
    {
        using var late = new CancellationTokenSource(Patience);
        while (!await happened())
        {
            Assert.False(late.IsCancellationRequested, $"Waited {Patience.TotalSeconds} s in vain until {what}.");
            await Task.Delay(10);
        }
    }

    private protected sealed class SiloList(Func<ISiloHost, ValueTask> end) : List<ISiloHost>, IAsyncDisposable
    {
        public async Task EndAsync(int index)
        {
            await end(this[index]);
            RemoveAt(index);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var silo in this) await end(silo);
        }
    }
}
