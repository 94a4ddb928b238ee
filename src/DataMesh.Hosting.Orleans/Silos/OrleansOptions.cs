using System.Net;

namespace DataMesh.Hosting.Orleans.Silos;

/// <summary>How a silo takes part in a cluster on Orleans, with everything in Redis.</summary>
/// <param name="Server"><c>HOST:PORT</c> of Redis.</param>
public sealed record OrleansOptions(string Server)
{
    /// <summary>Name of the cluster: clusters of other names on the same Redis do not see each other.</summary>
    public string Cluster { get; init; } = "default";

    /// <summary>What other silos prove themselves with; null only on loopback.</summary>
    public string? Secret { get; init; }

    /// <summary>Where the HTTP endpoints of this silo answer the other silos.</summary>
    public required Uri Address { get; init; }

    /// <summary>Where Orleans listens for other silos; port 0 takes a free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>The address that other silos reach Orleans at; null when it is the one it listens at.</summary>
    public IPAddress? Advertised { get; init; }

    /// <summary>How soon a silo that does not answer is taken for dead.</summary>
    public FailureDetection Detection { get; init; } = FailureDetection.Tuned;

    /// <summary>Grains that have had nothing to do for this time are deactivated.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long silos must have been the same before pipelines move from one to another.</summary>
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What is done when the silo can not go on, as when others took it for dead: the process ends, so that whoever watches over it starts it anew.</summary>
    public Action EndProcess { get; init; } = () => Environment.Exit(70);

    /// <summary>Whether the dashboard of Orleans is served.</summary>
    public bool HasDashboard { get; init; }
}

/// <summary>When a silo that does not answer is taken for dead.</summary>
public enum FailureDetection
{
    /// <summary>After a second or two: a pipeline should not stand for longer, and a silo that was taken for dead by mistake loses nothing but its open epochs.</summary>
    Tuned,
    /// <summary>As Orleans does it by itself.</summary>
    Default,
}
