using DataMesh.ControlPlane.Grains;
using DataMesh.Hosting.Embedded;
using DataMesh.Runtime.Hosting;
using DataMesh.Tests.Hosting;

namespace DataMesh.Runtime.Tests.Hosting;

public sealed class EmbeddedConformanceTests : HostConformance, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    protected override async Task<ISiloHost> StartAsync(CounterWorker worker)
    {
        var silo = EmbeddedSilo.Open(_folder, new CounterActivator(worker), TimeProvider.System, (_, _) => { });
        await silo.StartAsync(default);
        return silo;
    }

    protected override async Task EndAsync(ISiloHost host) => await host.DisposeAsync();

    protected override Task<long> FenceAsync(ISiloHost host, GrainId id) => Task.FromResult(5L);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
