using DataMesh.ControlPlane.Grains;
using DataMesh.Runtime.Hosting;
using DataMesh.Tests.Hosting;

namespace DataMesh.Hosting.Redis.Tests;

/// <summary>One silo on Redis. It dies without leaving: the next one has to wait for its session to end.</summary>
public sealed class RedisConformanceTests : HostConformance, IDisposable
{
    private readonly RedisServer _redis = new();
    private readonly Dictionary<ISiloHost, TestSilo> _silos = [];

    protected override async Task<ISiloHost> StartAsync(CounterWorker worker)
    {
        var silo = await TestSilo.StartAsync(_redis, worker);
        _silos[silo.Host] = silo;
        return silo.Host;
    }

    protected override async Task EndAsync(ISiloHost host) => await _silos[host].DisposeAsync();

    protected override async Task<long> FenceAsync(ISiloHost host, GrainId id)
    {
        // Another grain of the group takes the lease.
        await CallAsync(host, new GrainId(id.Kind, $"{GrainGroup.Of(id)}/beside"), 1);
        return (await host.LeasesAsync(default)).Single(lease => lease.Group == GrainGroup.Of(id)).Fence;
    }

    public void Dispose() => _redis.Dispose();
}
