using DataMesh.ControlPlane.Grains;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Hosting.Peers;

namespace DataMesh.Runtime.Tests.Groups.Remote;

/// <summary>A silo's host that is another one's in all but what it knows of other silos.</summary>
internal sealed class OneOfTwo(ISiloHost host, string name, IPeerLink peers) : ISiloHost
{
    public IPipelineStore Pipelines => host.Pipelines;

    public IPeerLink? Peers => peers;

    public string SiloId => name;

    public bool IsMember => host.IsMember;

    public IGrainStateStore States => host.States;

    public IGrainStreams Streams => host.Streams;

    public TimeProvider Clock => host.Clock;

    public Task StartAsync(CancellationToken cancellation) => host.StartAsync(cancellation);

    public Task LeaveAsync(CancellationToken cancellation) => host.LeaveAsync(cancellation);

    public Task<bool> ForgetAsync(string pipeline, CancellationToken cancellation) => host.ForgetAsync(pipeline, cancellation);

    public ValueTask<IReadOnlyList<SiloView>> SilosAsync(CancellationToken cancellation) => host.SilosAsync(cancellation);

    public ValueTask<IReadOnlyList<LeaseView>> LeasesAsync(CancellationToken cancellation) => host.LeasesAsync(cancellation);

    public void Tell(GrainId from, GrainId to, GrainEvent happened) => host.Tell(from, to, happened);

    public Task CallAsync(GrainId to, GrainEvent happened, TimeSpan timeout, CancellationToken cancellation) => host.CallAsync(to, happened, timeout, cancellation);

    public void Fail(GrainId grain, string why) => host.Fail(grain, why);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
