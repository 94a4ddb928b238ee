using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime.Services;
using Orleans.Services;

namespace DataMesh.Hosting.Orleans.Membership;

/// <summary>What a silo says of itself.</summary>
/// <param name="Address">Where its HTTP endpoints answer other silos; null when they do not.</param>
/// <param name="Since">When it started.</param>
/// <param name="Grains">Active grains.</param>
/// <param name="Running">Groups that must be running: its load.</param>
/// <param name="IsLeaving">Whether it takes nothing new.</param>
[GenerateSerializer, Immutable]
public sealed record SiloFacts([property: Id(0)] string? Address, [property: Id(1)] DateTimeOffset Since, [property: Id(2)] int Grains, [property: Id(3)] int Running, [property: Id(4)] bool IsLeaving)
{
    /// <summary>Of the groups that were asked about, those that <see cref="Running"/> counts.</summary>
    [Id(5)] public string[] Counted { get; init; } = [];

    /// <summary>Of the groups that were asked about, those that live there and need not run.</summary>
    [Id(6)] public string[] Idle { get; init; } = [];
}

/// <summary>A group on a silo.</summary>
/// <param name="Group">The group.</param>
/// <param name="Fence">Its fencing token.</param>
/// <param name="KeepsRunning">Whether one of its grains must be running.</param>
[GenerateSerializer, Immutable]
public sealed record GroupFacts([property: Id(0)] string Group, [property: Id(1)] long Fence, [property: Id(2)] bool KeepsRunning);

/// <summary>What a silo can be asked by the others.</summary>
public interface ISiloService : IGrainService
{
    /// <summary>What it is doing, and which of some groups it counts.</summary>
    Task<SiloFacts> DescribeAsync(string[] groups);

    /// <summary>The groups that live there.</summary>
    Task<GroupFacts[]> GroupsAsync();

    /// <summary>The tasks of a pipeline that live there, each a group of its own.</summary>
    Task<string[]> TasksAsync(string pipeline);
}

/// <summary>Answers other silos, and sees to it that the groups in its part of the ring are taken up when the ring changes.</summary>
[Reentrant]
public sealed class SiloService(OrleansId id, Silo silo, ILoggerFactory loggers, OrleansHost host) : GrainService(id, silo, loggers), ISiloService
{
    /// <inheritdoc/>
    public override Task Start()
    {
        host.Watch();
        host.KeepAlive.Begin(group => RingRange.InRange(group));
        return base.Start();
    }

    /// <inheritdoc/>
    public override Task OnRangeChange(IRingRange oldRange, IRingRange newRange, bool increased)
    {
        host.KeepAlive.LookNow();
        return base.OnRangeChange(oldRange, newRange, increased);
    }

    /// <inheritdoc/>
    public Task<SiloFacts> DescribeAsync(string[] groups) => Task.FromResult(host.Describe(groups));

    /// <inheritdoc/>
    public Task<GroupFacts[]> GroupsAsync() => Task.FromResult(host.DescribeGroups());

    /// <inheritdoc/>
    public Task<string[]> TasksAsync(string pipeline) => Task.FromResult(host.TasksOf(pipeline));
}

/// <summary>Reaches the services of all silos.</summary>
internal sealed class SiloServiceClient(IServiceProvider services) : GrainServiceClient<ISiloService>(services)
{
    /// <summary>The service of a silo.</summary>
    public ISiloService At(SiloAddress silo) => GetGrainService(silo);
}
