using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using DataMesh.Client.Contract;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Api;

/// <summary>Asks the other silos of the cluster what they are doing, all at once; one that does not answer in time is told as such.</summary>
public sealed class Peers(ISiloHost host, string? secret) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = Patience })
    {
        Timeout = Patience,
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    /// <summary>The others as they say themselves.</summary>
    public async Task<IReadOnlyList<SiloStatus>> AskAsync(CancellationToken cancellation)
    {
        var silos = await host.SilosAsync(cancellation);
        return await Task.WhenAll(silos.Where(silo => silo.Id != host.SiloId).Select(silo => AskAsync(silo, cancellation)));
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<SiloStatus> AskAsync(SiloView silo, CancellationToken cancellation)
    {
        var unknown = new SiloStatus { Id = silo.Id, Address = silo.Address ?? "", State = "unreachable", StartedAt = silo.Since, GrainsActive = silo.Grains, GroupsRunning = silo.Running };
        if (silo.Address is null) return unknown;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(silo.Address), "/v1/silo"))
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            if (secret is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
            using var response = await _http.SendAsync(request, cancellation);
            if (!response.IsSuccessStatusCode) return unknown;
            return await response.Content.ReadFromJsonAsync(ContractJson.Default.SiloStatus, cancellation) ?? unknown;
        }
        catch (Exception error) when (error is HttpRequestException or JsonException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return unknown;
        }
    }
}
