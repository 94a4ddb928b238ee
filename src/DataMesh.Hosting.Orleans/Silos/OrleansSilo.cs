using System.Net;
using System.Net.Sockets;
using DataMesh.ControlPlane.Grains;
using DataMesh.Core.Errors;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Hosting.Peers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using StackExchange.Redis;

namespace DataMesh.Hosting.Orleans.Silos;

/// <summary>A silo of its own on Orleans: clustering, grain directory, storage and reminders are in Redis.</summary>
public sealed class OrleansSilo : ISiloHost
{
    private readonly IHost _app;
    private readonly OrleansHost _host;

    private readonly LogProvider _logs;

    private OrleansSilo(IHost app, LogProvider logs) => (_app, _host, _logs) = (app, app.Services.GetRequiredService<OrleansHost>(), logs);

    /// <inheritdoc/>
    public IGrainStateStore States => _host.States;

    /// <inheritdoc/>
    public IGrainStreams Streams => _host.Streams;

    /// <inheritdoc/>
    public IPipelineStore Pipelines => _host.Pipelines;

    /// <inheritdoc/>
    public TimeProvider Clock => _host.Clock;

    /// <inheritdoc/>
    public IPeerLink? Peers => ((ISiloHost)_host).Peers;

    /// <inheritdoc/>
    public string SiloId => _host.SiloId;

    /// <inheritdoc/>
    public bool IsMember => _host.IsMember;

    /// <summary>The silo's services.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Puts a silo together; it joins with <see cref="StartAsync"/>.</summary>
    /// <param name="options">The cluster.</param>
    /// <param name="activator">Makes the grains.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="log">Told what happens to the silo.</param>
    public static OrleansSilo Create(OrleansOptions options, GrainActivator activator, TimeProvider clock, Action<string> log)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var logs = new LogProvider(log);
        builder.Logging.AddProvider(logs).SetMinimumLevel(Microsoft.Extensions.Logging.LogLevel.Warning);
        builder.Services.AddSingleton(clock);
        builder.Services.AddSingleton(activator);
        builder.Services.AddSingleton<IFatalErrorHandler>(new FatalErrors(log, options.EndProcess));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
        builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.Cluster, $"datamesh:{options.Cluster}"));
            UseRedis(silo, options);
            Listen(silo, options);
            Tuning.Apply(silo, options.Detection);
            if (options.HasDashboard) OrleansDashboard.Add(silo);
            silo.UseDataMesh(mesh => (mesh.Address, mesh.Secret, mesh.IdleTime, mesh.SettleTime, mesh.Log) = (options.Address, options.Secret, options.IdleTime, options.SettleTime, log));
        });
        return new OrleansSilo(builder.Build(), logs);
    }

    /// <inheritdoc/>
    public void Tell(GrainId from, GrainId to, GrainEvent happened) => _host.Tell(from, to, happened);

    /// <inheritdoc/>
    public Task CallAsync(GrainId to, GrainEvent happened, TimeSpan timeout, CancellationToken cancellation) => _host.CallAsync(to, happened, timeout, cancellation);

    /// <inheritdoc/>
    public void Fail(GrainId grain, string why) => _host.Fail(grain, why);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellation)
    {
        try
        {
            await _app.StartAsync(cancellation);
        }
        catch (Exception error) when (error is RedisException || error.GetBaseException() is RedisException)
        {
            throw new DataMeshException("Redis does not answer.", detail: error.GetBaseException().Message, hint: "start it (redis-server --appendonly yes), or name another one with --redis HOST:PORT", cause: error);
        }
    }

    /// <inheritdoc/>
    public async Task LeaveAsync(CancellationToken cancellation)
    {
        await _host.LeaveAsync(cancellation);
        _logs.IsQuiet = true;
        await _app.StopAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public Task<bool> ForgetAsync(string pipeline, CancellationToken cancellation) => _host.ForgetAsync(pipeline, cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SiloView>> SilosAsync(CancellationToken cancellation) => _host.SilosAsync(cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LeaseView>> LeasesAsync(CancellationToken cancellation) => _host.LeasesAsync(cancellation);

    /// <summary>Ends the silo without a word to anybody, unless it has left.</summary>
    public async ValueTask DisposeAsync()
    {
        _logs.IsQuiet = true;
        await _host.DisposeAsync();
        await _app.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_app is IAsyncDisposable disposable) await disposable.DisposeAsync();
        else _app.Dispose();
    }

    private static void UseRedis(ISiloBuilder silo, OrleansOptions options)
    {
        ConfigurationOptions Configuration()
        {
            var configuration = ConfigurationOptions.Parse(options.Server);
            (configuration.AbortOnConnectFail, configuration.ConnectTimeout, configuration.AsyncTimeout, configuration.KeepAlive) = (false, 1000, 1000, 1);
            configuration.ReconnectRetryPolicy = new LinearRetry(200);
            return configuration;
        }

        silo.UseRedisClustering(redis => redis.ConfigurationOptions = Configuration());
        silo.UseRedisGrainDirectoryAsDefault(redis => redis.ConfigurationOptions = Configuration());
        silo.UseRedisReminderService(redis => redis.ConfigurationOptions = Configuration());
        silo.AddRedisGrainStorage("datamesh", redis => (redis.ConfigurationOptions, redis.DeleteStateOnClear) = (Configuration(), true));
    }

    private static void Listen(ISiloBuilder silo, OrleansOptions options)
    {
        var port = options.Listen.Port != 0 ? options.Listen.Port : FreePort(options.Listen.Address);
        silo.Configure<EndpointOptions>(endpoint =>
        {
            endpoint.AdvertisedIPAddress = options.Advertised ?? options.Listen.Address;
            // Nobody but silos speaks Orleans here: there is no gateway.
            (endpoint.SiloPort, endpoint.GatewayPort) = (port, 0);
            endpoint.SiloListeningEndpoint = new IPEndPoint(options.Listen.Address, port);
        });
        if (options.Secret is not { } secret) return;
        var handshake = new Handshake(secret);
        silo.Configure<SiloConnectionOptions>(connection =>
        {
            connection.ConfigureSiloInboundConnection(builder => builder.Use(handshake.Inbound));
            connection.ConfigureSiloOutboundConnection(builder => builder.Use(handshake.Outbound));
        });
    }

    private static int FreePort(IPAddress address)
    {
        using var listener = new TcpListener(address, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
