using System.Net;

namespace DataMesh.Api;

/// <summary>How the operating API is served.</summary>
/// <param name="Listen">Where to listen; port 0 takes a free one.</param>
/// <param name="Secret">Whoever asks must know it; null only on a loopback address.</param>
public sealed record ApiOptions(IPEndPoint Listen, string? Secret)
{
    /// <summary>
    /// Where other silos reach this one, over HTTP/2 (without TLS a port speaks one version of HTTP only); null for a silo by itself. The same endpoints
    /// answer on both.
    /// </summary>
    public IPEndPoint? Peers { get; init; }
}
