using System.Diagnostics;
using System.Reflection;
using DataMesh.Client.Contract;

namespace DataMesh.Api.Operations;

/// <summary>This silo, and the cluster as it sees it.</summary>
internal sealed class SiloInfo(SiloServices silo, Func<Uri> address)
{
    private static readonly string Version = typeof(SiloInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>This silo.</summary>
    public async Task<SiloStatus> ThisAsync(CancellationToken cancellation)
    {
        var view = (await silo.Host.SilosAsync(cancellation)).FirstOrDefault(each => each.Id == silo.Host.SiloId);
        using var process = Process.GetCurrentProcess();
        var runs = silo.RunsHere.ToList();
        return new SiloStatus
        {
            Id = silo.Host.SiloId,
            Address = address().ToString().TrimEnd('/'),
            State = silo.IsReady && view?.IsLeaving != true ? "active" : "leaving",
            StartedAt = silo.StartedAt,
            Version = Version,
            GrainsActive = view?.Grains ?? 0,
            GroupsRunning = view?.Running ?? 0,
            Runs = runs.Count(run => !run.IsEnded),
            BytesInFlight = silo.Worker.BytesInFlight,
            BytesBudget = silo.Worker.Limits.BytesInFlight,
            MemoryBytes = process.WorkingSet64,
            CpuSeconds = process.TotalProcessorTime.TotalSeconds,
            Live = [.. runs.Select(run => LiveRuns.Of(run, silo.Host.SiloId))],
        };
    }

    /// <summary>All silos.</summary>
    public async Task<ClusterStatus> AllAsync(bool withLeases, CancellationToken cancellation)
    {
        var others = silo.Peers?.AskAsync(cancellation) ?? Task.FromResult<IReadOnlyList<SiloStatus>>([]);
        var mine = await ThisAsync(cancellation);
        return new ClusterStatus(silo.Cluster, [.. (await others).Append(mine).OrderBy(each => each.StartedAt).ThenBy(each => each.Id, StringComparer.Ordinal)])
        {
            Leases = withLeases ? [.. (await silo.Host.LeasesAsync(cancellation)).Select(lease => new LeaseStatus(lease.Group, lease.Silo, lease.Fence, lease.KeepsRunning))] : [],
        };
    }
}
