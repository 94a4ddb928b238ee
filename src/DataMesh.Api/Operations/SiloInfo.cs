using System.Diagnostics;
using System.Reflection;
using DataMesh.Client.Contract;

namespace DataMesh.Api.Operations;

/// <summary>This silo, and the cluster as it sees it.</summary>
internal sealed class SiloInfo(SiloServices silo, Func<Uri> address)
{
    private static readonly string Version = typeof(SiloInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>This silo.</summary>
    public async Task<SiloStatus> ThisAsync(bool withGrains, CancellationToken cancellation)
    {
        var leases = (await silo.Host.LeasesAsync(cancellation)).Where(lease => lease.Silo == silo.Host.SiloId).ToList();
        var view = (await silo.Host.SilosAsync(cancellation)).FirstOrDefault(each => each.Id == silo.Host.SiloId);
        using var process = Process.GetCurrentProcess();
        var runs = silo.Worker.Runs;
        return new SiloStatus
        {
            Id = silo.Host.SiloId,
            Address = address().ToString().TrimEnd('/'),
            State = silo.Host.IsMember && view?.IsLeaving != true ? "active" : "leaving",
            StartedAt = silo.StartedAt,
            Version = Version,
            GrainsActive = view?.Grains ?? 0,
            Leases = leases.Count,
            Runs = runs.Count,
            BytesInFlight = silo.Worker.BytesInFlight,
            BytesBudget = silo.Worker.Limits.BytesInFlight,
            MemoryBytes = process.WorkingSet64,
            CpuSeconds = process.TotalProcessorTime.TotalSeconds,
            Grains = withGrains ? [.. leases.Select(lease => lease.Group)] : [],
            Live = [.. runs.Select(run => LiveRuns.Of(run, silo.Host.SiloId))],
        };
    }

    /// <summary>All silos.</summary>
    public async Task<ClusterStatus> AllAsync(bool withGrains, CancellationToken cancellation)
    {
        var others = silo.Peers.AskAsync(withGrains, cancellation);
        var mine = await ThisAsync(withGrains, cancellation);
        return new ClusterStatus(silo.Cluster, [.. (await others).Append(mine).OrderBy(each => each.StartedAt).ThenBy(each => each.Id, StringComparer.Ordinal)]);
    }
}
