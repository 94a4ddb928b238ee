using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DataMesh.Client.Contract;

namespace DataMesh.Client;

/// <summary>Operates pipelines by the HTTP API of a silo. Any silo answers for the whole cluster.</summary>
public sealed class SiloClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly Uri _silo;

    /// <summary>A client of the silo at <paramref name="silo"/>.</summary>
    /// <param name="silo">Where it answers, such as <c>http://127.0.0.1:7420</c>.</param>
    /// <param name="secret">The cluster's secret; null when it has none.</param>
    /// <param name="handler">Carries the requests; null for the usual one.</param>
    public SiloClient(Uri silo, string? secret = null, HttpMessageHandler? handler = null)
    {
        _silo = silo;
        _http = new HttpClient(handler ?? new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(3), UseProxy = false }) { BaseAddress = silo, Timeout = TimeSpan.FromSeconds(30) };
        if (secret is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
    }

    /// <summary>Submits a pipeline, or a new version of it.</summary>
    public Task<PipelineStatus> SubmitAsync(SubmitRequest request, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, "v1/pipelines", JsonContent.Create(request, ContractJson.Default.SubmitRequest), ContractJson.Default.PipelineStatus, cancellation);

    /// <summary>A page of pipelines in the order of their names.</summary>
    public Task<PipelineList> ListAsync(string? after = null, int limit = 1000, CancellationToken cancellation = default) =>
        GetAsync(string.Create(CultureInfo.InvariantCulture, $"v1/pipelines?limit={limit}{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}"), ContractJson.Default.PipelineList, cancellation);

    /// <summary>All pipelines in the order of their names, page by page.</summary>
    public async IAsyncEnumerable<PipelineStatus> ListAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        string? after = null;
        do
        {
            var page = await ListAsync(after, cancellation: cancellation);
            foreach (var pipeline in page.Pipelines) yield return pipeline;
            after = page.Next;
        }
        while (after is not null);
    }

    /// <summary>Where a pipeline stands.</summary>
    public Task<PipelineStatus> StatusAsync(string pipeline, CancellationToken cancellation = default) => GetAsync(PathOf(pipeline), ContractJson.Default.PipelineStatus, cancellation);

    /// <summary>Asks something of a pipeline: <c>pause</c>, <c>resume</c>, <c>stop</c> or <c>restart</c>.</summary>
    public Task<PipelineStatus> AskAsync(string pipeline, string verb, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Post, $"{PathOf(pipeline)}/{verb}", null, ContractJson.Default.PipelineStatus, cancellation);

    /// <summary>Divides a pipeline into another number of tasks.</summary>
    public Task<PipelineStatus> ScaleAsync(string pipeline, int parallelism, CancellationToken cancellation = default) => SendAsync(
        HttpMethod.Post, $"{PathOf(pipeline)}/scale", JsonContent.Create(new ScaleRequest(parallelism), ContractJson.Default.ScaleRequest), ContractJson.Default.PipelineStatus, cancellation);

    /// <summary>Removes a pipeline that does not run: its versions, state and log. Its tables stay.</summary>
    public Task<RemovedPipeline> RemoveAsync(string pipeline, CancellationToken cancellation = default) =>
        SendAsync(HttpMethod.Delete, PathOf(pipeline), null, ContractJson.Default.RemovedPipeline, cancellation);

    /// <summary>A piece of a pipeline's log. With <paramref name="wait"/> an empty answer takes up to that long.</summary>
    public Task<LogPage> LogAsync(string pipeline, long after = 0, int limit = 1000, TimeSpan wait = default, CancellationToken cancellation = default) => GetAsync(
        string.Create(CultureInfo.InvariantCulture, $"{PathOf(pipeline)}/logs?after={after}&limit={limit}&wait_ms={(long)wait.TotalMilliseconds}"), ContractJson.Default.LogPage, cancellation);

    /// <summary>The silos, what they hold and how loaded they are.</summary>
    public Task<ClusterStatus> ClusterAsync(bool withLeases = false, CancellationToken cancellation = default) =>
        GetAsync($"v1/cluster?leases={(withLeases ? "true" : "false")}", ContractJson.Default.ClusterStatus, cancellation);

    /// <summary>The one silo that is asked.</summary>
    public Task<SiloStatus> SiloAsync(CancellationToken cancellation = default) => GetAsync("v1/silo", ContractJson.Default.SiloStatus, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static string PathOf(string pipeline) => $"v1/pipelines/{Uri.EscapeDataString(pipeline)}";

    private Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellation) => SendAsync(HttpMethod.Get, path, null, type, cancellation);

    private async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        try
        {
            using var response = await _http.SendAsync(request, cancellation);
            if (!response.IsSuccessStatusCode) throw new SiloException(await ProblemOfAsync(response, cancellation));
            return await response.Content.ReadFromJsonAsync(type, cancellation) ?? throw NotASilo("It answered with nothing.");
        }
        catch (HttpRequestException error)
        {
            throw Unreachable(error.Message, error);
        }
        catch (JsonException error)
        {
            throw NotASilo(error.Message);
        }
        catch (TaskCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw Unreachable("It did not answer in time.", error);
        }
    }

    private SiloException Unreachable(string why, Exception cause) => new(
        new Problem { Title = $"No silo answers at {_silo.GetLeftPart(UriPartial.Authority)}.", Detail = why, Hint = "start one with 'datamesh silo', or name another with --silo URL or DATAMESH_SILO" }, cause);

    private SiloException NotASilo(string why) => new(new Problem { Title = $"What answers at {_silo.GetLeftPart(UriPartial.Authority)} is no silo of this version.", Detail = why, Status = 502, Hint = "check the address and its version" });

    private async Task<Problem> ProblemOfAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
            return await response.Content.ReadFromJsonAsync(ContractJson.Default.Problem, cancellation) ?? NotASilo("It refused with nothing.").Problem;
        return NotASilo($"It answered {(int)response.StatusCode} {response.ReasonPhrase}.").Problem;
    }
}
