using DataMesh.Runtime.Hosting;
using DataMesh.Tests.Hosting;

namespace DataMesh.Hosting.Redis.Tests;

/// <summary>Several silos on one Redis.</summary>
public sealed class ClusterTests : ClusterConformance, IDisposable
{
    private readonly RedisServer _redis = new();
    private readonly Dictionary<ISiloHost, TestSilo> _silos = [];

    [Fact]
    public async Task What_Redis_lost_of_its_last_commands_it_is_told_again()
    {
        await using var silos = await SilosAsync(2);
        await KeepAsync(silos[0], "old");
        var length = new FileInfo(_redis.AppendOnlyFile).Length;
        for (var i = 0; i < 4; i++) await KeepAsync(silos[0], $"p{i}");
        _redis.Kill();
        _redis.CutWithinTheCommandAt(length);
        _redis.Start();
        await UntilAsync(async () => (await silos[0].LeasesAsync(default)).Count(lease => lease.KeepsRunning) == 5, "all five must be running again");
        for (var i = 0; i < 4; i++) await UntilAsync(() => TryCallAsync(silos[1], CounterMachine.Id($"p{i}")), "grains answer again");
    }

    [Fact]
    public async Task Silos_that_Redis_left_for_longer_than_a_session_stop_and_come_back_with_their_grains()
    {
        await using var silos = await SilosAsync(2);
        for (var i = 0; i < 4; i++) await KeepAsync(silos[0], $"p{i}");
        var before = await silos[0].LeasesAsync(default);
        _redis.Kill();
        await UntilAsync(() => Task.FromResult(silos.All(silo => !silo.IsMember)), "both silos stop themselves");
        _redis.Start();
        await UntilAsync(() => Task.FromResult(silos.All(silo => silo.IsMember)), "both silos are back");
        await UntilAsync(async () => await ResumedAsync(silos[0], 4) == 4, "all grains are resumed");
        var after = await silos[0].LeasesAsync(default);
        Assert.Equal(before.Select(lease => (lease.Group, lease.Silo)), after.Select(lease => (lease.Group, lease.Silo)));
    }

    public void Dispose() => _redis.Dispose();

    protected override async Task<ISiloHost> JoinAsync()
    {
        var silo = await TestSilo.StartAsync(_redis, Worker);
        _silos[silo.Host] = silo;
        return silo.Host;
    }

    protected override ValueTask EndAsync(ISiloHost silo) => _silos[silo].DisposeAsync();

    protected override void Restart()
    {
        _redis.Kill();
        _redis.Start();
    }
}
