using System.Net;
using System.Net.Http.Headers;
using DataMesh.Core;

namespace DataMesh.Runtime.Hosting.Peers;

/// <summary>Sends messages to other silos over HTTP/2 without TLS, one request each; requests to one silo share a connection.</summary>
public sealed class PeerClient : IDisposable
{
    private readonly HttpClient _http;

    /// <summary>A client; the secret is what other silos know and let it in by.</summary>
    public PeerClient(string? secret)
    {
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(1),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            EnableMultipleHttp2Connections = true,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (secret is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
    }

    /// <summary>Sends a message and returns what became of it. Throws <see cref="HttpRequestException"/> when the silo is gone or does not understand.</summary>
    public async Task<Delivery> SendAsync(Uri silo, GrainMessage message, CancellationToken cancellation)
    {
        var bytes = message.ToBytes();
        if (bytes.Length > Limits.MessageBytesMax) throw new GrainCallException(CallFailure.Unknown, $"A message to {message.To} has {bytes.Length:N0} bytes; the most is {Limits.MessageBytesMax:N0}.");
        using var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await _http.PostAsync(new Uri(silo, PeerPaths.Messages), content, cancellation);
        if (response.IsSuccessStatusCode && Enum.TryParse<Delivery>(await response.Content.ReadAsStringAsync(cancellation), out var delivery)) return delivery;
        throw new HttpRequestException($"{silo} refused a message to {message.To}: HTTP {(int)response.StatusCode}.", null, response.StatusCode);
    }

    /// <summary>Sends a request and returns the answer; as <see cref="IPeerLink.AskAsync"/>.</summary>
    /// <param name="place">The silo.</param>
    /// <param name="path">One of <see cref="PeerPaths"/>.</param>
    /// <param name="body">The request.</param>
    /// <param name="bytesMax">Largest request and answer.</param>
    /// <param name="gone">Cancelled when the silo is known to be gone: one that does not answer is waited for until then.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<byte[]> AskAsync(GrainPlace place, string path, byte[] body, int bytesMax, CancellationToken gone, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, gone);
        try
        {
            return await AskAsync(place.Address, path, body, bytesMax, either.Token);
        }
        catch (HttpRequestException error)
        {
            var failure = error.StatusCode is null ? CallFailure.Unreachable : CallFailure.Unknown;
            throw new GrainCallException(failure, $"The silo {place.Silo} at {place.Address} did not answer: {error.Message}", error);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new GrainCallException(CallFailure.Unreachable, $"The silo {place.Silo} went away.", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<byte[]> AskAsync(Uri silo, string path, byte[] body, int bytesMax, CancellationToken cancellation)
    {
        if (body.Length > bytesMax) throw new GrainCallException(CallFailure.Unknown, $"A message to {silo} has {body.Length:N0} bytes; the most is {bytesMax:N0}.");
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(silo, path)) { Content = content, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (!response.IsSuccessStatusCode) throw new HttpRequestException($"{silo} refused {path}: HTTP {(int)response.StatusCode}.", null, response.StatusCode);
        await response.Content.LoadIntoBufferAsync(bytesMax, cancellation);
        return await response.Content.ReadAsByteArrayAsync(cancellation);
    }
}
