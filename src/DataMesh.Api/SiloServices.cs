using DataMesh.Core.Components;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Silos;

namespace DataMesh.Api;

/// <summary>What the operating API works on.</summary>
/// <param name="Host">The host.</param>
/// <param name="Worker">Does the silo's work.</param>
/// <param name="Catalog">The components that pipelines are made of.</param>
/// <param name="Cluster">Name of the cluster; <c>embedded</c> for a silo by itself.</param>
/// <param name="StartedAt">When the silo started.</param>
public sealed record SiloServices(ISiloHost Host, SiloWorker Worker, ComponentCatalog Catalog, string Cluster, DateTimeOffset StartedAt)
{
    /// <summary>Asks the other silos.</summary>
    public Peers Peers { get; init; } = new(Host, null);
}
