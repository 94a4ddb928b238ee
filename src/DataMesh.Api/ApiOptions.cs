using System.Net;

namespace DataMesh.Api;

/// <summary>How the operating API is served.</summary>
/// <param name="Listen">Where to listen; port 0 takes a free one.</param>
/// <param name="Secret">Whoever asks must know it; null only on a loopback address.</param>
public sealed record ApiOptions(IPEndPoint Listen, string? Secret);
