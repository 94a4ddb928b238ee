using DataMesh.Hosting.Orleans.Silos;
using DataMesh.Hosting.Redis.Tests;
using DataMesh.Runtime.Hosting;
using DataMesh.Tests.Hosting;

namespace DataMesh.Hosting.Orleans.Tests;

/// <summary>One Orleans silo with everything in Redis. It dies without leaving: the next one has to find that out.</summary>
public sealed class OrleansConformanceTests : HostConformance, IDisposable
{
    private readonly RedisServer _redis = new();

    protected override async Task<ISiloHost> StartAsync(CounterWorker worker)
    {
        var options = new OrleansOptions(_redis.Address) { Address = new Uri("http://127.0.0.1:1"), EndProcess = () => { } };
        var silo = OrleansSilo.Create(options, new CounterActivator(worker), TimeProvider.System, message => Console.Error.WriteLine(message));
        await silo.StartAsync(default);
        return silo;
    }

    protected override async Task EndAsync(ISiloHost host) => await host.DisposeAsync();

    protected override async Task<long> FenceAsync(ISiloHost host, GrainId id)
    {
        await CallAsync(host, new GrainId(id.Kind, $"{GrainGroup.Of(id)}/beside"), 1);
        return (await host.LeasesAsync(default)).Single(lease => lease.Group == GrainGroup.Of(id)).Fence;
    }

    public void Dispose() => _redis.Dispose();
}
