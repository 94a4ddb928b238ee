using DataMesh.ControlPlane.Grains;
using DataMesh.Hosting.Simulation.Agreement;
using DataMesh.Hosting.Simulation.Silos;
using DataMesh.Hosting.Simulation.World;
using DataMesh.Runtime.Hosting;
using DataMesh.Tests.Hosting;

namespace DataMesh.Hosting.Simulation.Tests;

/// <summary>One silo of a simulated cluster whose time passes like ours. It is killed: the next one has to wait for its session to end.</summary>
public sealed class SimulationConformanceTests : HostConformance, IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly SimulatedCluster _cluster;
    private readonly Thread _time;

    public SimulationConformanceTests()
    {
        var world = new SimulatedWorld(seed: 1, isPaced: true);
        _cluster = new SimulatedCluster(world, new AgreementServer(world), new SiloTimes(TimeSpan.FromSeconds(4)));
        _cluster.Network.DelayMax = TimeSpan.FromMicroseconds(200);
        _time = new Thread(() => world.Run(_over.Token)) { IsBackground = true };
        _time.Start();
    }

    protected override async Task<ISiloHost> StartAsync(CounterWorker worker)
    {
        var silo = _cluster.Add(_ => new CounterActivator(worker));
        await silo.StartAsync(default);
        return silo;
    }

    protected override Task EndAsync(ISiloHost host)
    {
        _cluster.Remove((SimulatedSilo)host);
        return Task.CompletedTask;
    }

    protected override async Task<long> FenceAsync(ISiloHost host, GrainId id)
    {
        // Another grain of the group takes the lease.
        await CallAsync(host, new GrainId(id.Kind, $"{GrainGroup.Of(id)}/beside"), 1);
        return (await host.LeasesAsync(default)).Single(lease => lease.Group == GrainGroup.Of(id)).Fence;
    }

    public void Dispose()
    {
        _over.Cancel();
        _time.Join();
        _over.Dispose();
    }
}
