using System.Net;

namespace DataMesh.Cli.Silos;

/// <summary>What grains live on.</summary>
internal enum SiloHostKind
{
    /// <summary>A silo by itself.</summary>
    Embedded,
    /// <summary>A member of a cluster that agrees in Redis.</summary>
    Redis,
    /// <summary>A member of a cluster on Microsoft Orleans, with everything it keeps in Redis.</summary>
    Orleans,
}

/// <summary>How a silo runs.</summary>
/// <param name="Listen">Where it answers.</param>
/// <param name="State">Folder of its state.</param>
internal sealed record SiloSettings(IPEndPoint Listen, string State)
{
    /// <summary>What its grains live on.</summary>
    public SiloHostKind Host { get; init; }

    /// <summary><c>HOST:PORT</c> of the Redis that the cluster agrees in; null for a silo by itself.</summary>
    public string? Redis { get; init; }

    /// <summary>Name of the cluster.</summary>
    public string Cluster { get; init; } = "default";

    /// <summary>Where other silos reach this one; null takes a free port of the address it listens at.</summary>
    public IPEndPoint? Peers { get; init; }

    /// <summary>The host that other silos are told to reach this one at; null takes what follows from where it listens.</summary>
    public string? Advertise { get; init; }

    /// <summary>What whoever asks must know; null on loopback only.</summary>
    public string? Secret { get; init; }

    /// <summary>Cores of a run; 0 takes all.</summary>
    public int Cores { get; init; }

    /// <summary>Bytes of all runs in flight; null takes the default.</summary>
    public long? BytesInFlight { get; init; }

    /// <summary>Time in which running epochs may come to a barrier when the silo ends.</summary>
    public TimeSpan Patience { get; init; }

    /// <summary>Tells as JSON where it answers.</summary>
    public bool IsJson { get; init; }
}
