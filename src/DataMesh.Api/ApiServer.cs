using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DataMesh.Api;

/// <summary>Serves the operating API of a silo over HTTP. It maps plain request delegates: nothing is generated or reflected upon at start.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    private static readonly TimeSpan StopTime = TimeSpan.FromMilliseconds(100);

    private readonly WebApplication _app;

    private ApiServer(WebApplication app) => _app = app;

    /// <summary>Where it answers.</summary>
    public Uri Address { get; private init; } = null!;

    /// <summary>Where it answers other silos; null when it does not.</summary>
    public Uri? PeerAddress { get; private init; }

    /// <summary>Starts to listen.</summary>
    /// <param name="options">Where, and to whom it answers.</param>
    /// <param name="log">Told what was refused and what went wrong.</param>
    /// <param name="map">Maps the endpoints.</param>
    public static async Task<ApiServer> StartAsync(ApiOptions options, Action<string> log, params Action<IEndpointRouteBuilder>[] map)
    {
        Check(options.Listen, options.Secret);
        if (options.Peers is { } beside) Check(beside, options.Secret);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(options.Listen, listen => listen.Protocols = HttpProtocols.Http1);
            if (options.Peers is { } peers) kestrel.Listen(peers, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 2 * Core.Limits.PipelineFileBytesMax + (64 << 10);
            kestrel.Limits.MaxConcurrentConnections = 1_000;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTime);
        var app = builder.Build();
        app.Use(next => new ErrorAnswers(next, log).InvokeAsync);
        app.Use(next => new Admission(next, options.Secret, log).InvokeAsync);
        foreach (var each in map) each(app);
        app.MapFallback(context => throw new ApiException(StatusCodes.Status404NotFound, $"There is no '{context.Request.Path}' here.", hint: "the API begins at /v1/pipelines"));
        await app.StartAsync();
        var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        return new ApiServer(app) { Address = new Uri(bound[0]), PeerAddress = options.Peers is null ? null : new Uri(bound[1]) };
    }

    private static void Check(IPEndPoint listen, string? secret)
    {
        if (IPAddress.IsLoopback(listen.Address) || secret is not null) return;
        throw new Core.Errors.DataMeshException(
            $"A silo that listens beyond this machine ({listen}) needs a secret.", hint: "write one into a file that only its user may read, and name it with --secret-file");
    }

    /// <summary>Ends; requests that are going on may take a moment, and are cut off then.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(StopTime);
        // Cutting connections off may itself take a second: whoever ends the process need not wait for that.
        await Task.WhenAny(StopAsync(limit.Token), Task.Delay(2 * StopTime));
    }

    private async Task StopAsync(CancellationToken limit)
    {
        await _app.StopAsync(limit);
        await _app.DisposeAsync();
    }
}
