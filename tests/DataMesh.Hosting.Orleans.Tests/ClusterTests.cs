using DataMesh.Hosting.Orleans.Silos;
using DataMesh.Hosting.Redis.Tests;
using DataMesh.Runtime.Hosting;
using DataMesh.Tests.Hosting;

namespace DataMesh.Hosting.Orleans.Tests;

/// <summary>Several Orleans silos on one Redis.</summary>
public sealed class ClusterTests : ClusterConformance, IDisposable
{
    private readonly RedisServer _redis = new();

    /// <summary>Each silo takes up a part, and knows of what others take up meanwhile half a second later at most.</summary>
    protected override bool TakesUpEvenly => false;

    [Fact]
    public async Task Nobody_joins_without_the_secret()
    {
        await using var silos = await SilosAsync(1);
        await KeepAsync(silos[0], "p0");
        await Assert.ThrowsAnyAsync<Exception>(() => StartAsync("another", TimeSpan.FromSeconds(3)));
        Assert.True(await TryCallAsync(silos[0], CounterMachine.Id("p0")));
    }

    public void Dispose() => _redis.Dispose();

    protected override async Task<ISiloHost> JoinAsync() => await StartAsync("secret", Patience);

    protected override ValueTask EndAsync(ISiloHost silo) => silo.DisposeAsync();

    protected override void Restart()
    {
        _redis.Kill();
        _redis.Start();
    }

    private async Task<OrleansSilo> StartAsync(string secret, TimeSpan patience)
    {
        var options = new OrleansOptions(_redis.Address) { Address = new Uri("http://127.0.0.1:1"), Secret = secret, SettleTime = TimeSpan.FromMilliseconds(500), EndProcess = () => { } };
        var silo = OrleansSilo.Create(options, new CounterActivator(Worker), TimeProvider.System, _ => { });
        try
        {
            await silo.StartAsync(default).WaitAsync(patience);
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }
}
