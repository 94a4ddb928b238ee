using System.Net;

namespace DataMesh.Cli.Silos;

/// <summary>How a silo runs.</summary>
/// <param name="Listen">Where it answers.</param>
/// <param name="State">Folder of its state.</param>
internal sealed record SiloSettings(IPEndPoint Listen, string State)
{
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
