using DataMesh.Hosting.Redis.Tests;
using DataMesh.Runtime.Hosting;
using DataMesh.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using StackExchange.Redis;

namespace DataMesh.Hosting.Orleans.Tests;

/// <summary>
/// DataMesh in a silo of Orleans' own test cluster, added as anybody adds it: clustering and directory are Orleans' defaults, only what has to outlive a silo is in
/// Redis.
/// </summary>
public sealed class TestClusterConformanceTests : HostConformance, IAsyncLifetime
{
    private readonly RedisServer _redis = new();
    private readonly Dictionary<ISiloHost, InProcessTestCluster> _clusters = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var cluster in _clusters.Values) await cluster.DisposeAsync();
        _redis.Dispose();
    }

    protected override async Task<ISiloHost> StartAsync(CounterWorker worker)
    {
        var builder = new InProcessTestClusterBuilder(1);
        (builder.Options.ClusterId, builder.Options.ServiceId) = ("conformance", "conformance");
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton<GrainActivator>(new CounterActivator(worker));
            silo.UseRedisReminderService(redis => redis.ConfigurationOptions = ConfigurationOptions.Parse(_redis.Address));
            silo.AddRedisGrainStorageAsDefault(redis => redis.ConfigurationOptions = ConfigurationOptions.Parse(_redis.Address));
            silo.UseDataMesh();
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        var host = cluster.GetSiloServiceProvider().GetRequiredService<ISiloHost>();
        _clusters[host] = cluster;
        return host;
    }

    protected override async Task EndAsync(ISiloHost host)
    {
        if (!_clusters.Remove(host, out var cluster)) return;
        foreach (var silo in cluster.Silos.ToList()) await cluster.KillSiloAsync(silo);
        await cluster.DisposeAsync();
    }

    protected override async Task<long> FenceAsync(ISiloHost host, GrainId id)
    {
        await CallAsync(host, new GrainId(id.Kind, $"{GrainGroup.Of(id)}/beside"), 1);
        return (await host.LeasesAsync(default)).Single(lease => lease.Group == GrainGroup.Of(id)).Fence;
    }
}
