using DataMesh.Core.Components;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Silos;
using Microsoft.AspNetCore.Http;

namespace DataMesh.Api;

/// <summary>What the operating API works on. It answers before its silo is there: where a silo listens must be known before it can join others.</summary>
/// <param name="worker">Does the silo's work.</param>
/// <param name="catalog">The components that pipelines are made of.</param>
/// <param name="cluster">Name of the cluster; <c>embedded</c> for a silo by itself.</param>
/// <param name="startedAt">When the silo started.</param>
public sealed class SiloServices(SiloWorker worker, ComponentCatalog catalog, string cluster, DateTimeOffset startedAt)
{
    private ISiloHost? _host;
    private Peers? _peers;

    /// <summary>The host; a refusal while it is not there.</summary>
    public ISiloHost Host => _host ?? throw new ApiException(StatusCodes.Status503ServiceUnavailable, "The silo is starting.", hint: "try again in a moment");

    /// <summary>The other silos; null for a silo by itself.</summary>
    public Peers? Peers => _peers;

    /// <summary>Does the silo's work.</summary>
    public SiloWorker Worker => worker;

    /// <summary>The components that pipelines are made of.</summary>
    public ComponentCatalog Catalog => catalog;

    /// <summary>Name of the cluster; <c>embedded</c> for a silo by itself.</summary>
    public string Cluster => cluster;

    /// <summary>When the silo started.</summary>
    public DateTimeOffset StartedAt => startedAt;

    /// <summary>Whether the silo may act.</summary>
    public bool IsReady => _host is { IsMember: true };

    /// <summary>The runs that this silo can tell of: none while it is no member, whatever it had before.</summary>
    public IEnumerable<SiloRun> RunsHere => IsReady ? Worker.Runs.Where(run => run.IsHere) : [];

    /// <summary>The silo is there.</summary>
    public void Attach(ISiloHost host, Peers? peers)
    {
        _peers = peers;
        _host = host;
    }
}
