using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DataMesh.Api;
using DataMesh.Cli.Output;
using DataMesh.Core.Errors;
using DataMesh.Hosting.Embedded;
using DataMesh.Hosting.Redis;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Hosting.Peers;
using DataMesh.Runtime.Silos;

namespace DataMesh.Cli.Silos;

/// <summary>
/// Puts a silo together and runs it until a signal ends it. What belongs to the API and to Redis is touched here and nowhere else: other verbs do not load it.
/// </summary>
internal static class SiloProgram
{
    /// <summary>Runs a silo; the exit code of the process.</summary>
    public static async Task<int> RunAsync(SiloSettings settings)
    {
        using var stop = new SiloStopSignal(settings.Patience);
        var limits = new SiloLimits { Cores = settings.Cores };
        if (settings.BytesInFlight is { } bytes) limits = limits with { BytesInFlight = bytes };
        await using var worker = new SiloWorker(Composition.Catalog, limits, TimeProvider.System);
        var services = new SiloServices(worker, Composition.Catalog, settings.Redis is null ? "embedded" : settings.Cluster, TimeProvider.System.GetUtcNow());
        await using var server = await ServeAsync(settings, services);
        await using var host = await HostAsync(settings, worker, server);
        using var peers = settings.Redis is null ? null : new Peers(host, settings.Secret);
        worker.Attach(host);
        services.Attach(host, peers);
        using var telemetry = Telemetry.Start(services);
        await host.StartAsync(CancellationToken.None);
        Tell(settings, host, server.Address);
        await stop.Stopped;
        Log("leaving: epochs that are being read come to a barrier");
        await host.LeaveAsync(stop.Patience);
        Log("left");
        return ExitCodes.Done;
    }

    private static async Task<ISiloHost> HostAsync(SiloSettings settings, SiloWorker worker, ApiServer server)
    {
        var activator = new GrainActivator(worker);
        if (settings.Redis is not { } redis) return EmbeddedSilo.Open(settings.State, activator, TimeProvider.System, (grain, why) => Log($"{grain}: {why}"));
        var address = new UriBuilder(server.PeerAddress!) { Host = await AdvertisedAsync(settings) }.Uri;
        if (settings.Host == SiloHostKind.Orleans) return await OrleansHosting.CreateAsync(settings, activator, address, Log);
        var options = new RedisOptions(redis) { Cluster = settings.Cluster, Secret = settings.Secret, Address = address };
        return await RedisSilo.ConnectAsync(options, activator, TimeProvider.System, Log, CancellationToken.None);
    }

    private static async Task<ApiServer> ServeAsync(SiloSettings settings, SiloServices services)
    {
        ApiServer? server = null;
        var options = new ApiOptions(settings.Listen, settings.Secret);
        if (settings.Redis is not null) options = options with { Peers = settings.Peers ?? new IPEndPoint(settings.Listen.Address, 0) };
        try
        {
            return server = await ApiServer.StartAsync(options, Log, OperatingApi.Of(services, () => server!.Address), new PeerEndpoints(new Receiver(services), Log).Map, new GroupEndpoints(services.Worker.AnswerAsync, Log).Map,
                new ExchangeEndpoints(services.Worker.AcceptAsync, Log).Map, OrleansHosting.MapDashboard(services));
        }
        catch (Exception error) when (error is SocketException || error is IOException and not DirectoryNotFoundException)
        {
            throw new DataMeshException($"The silo can not listen at {settings.Listen}.", detail: error.Message, hint: "another silo may answer there; --listen takes another address", cause: error);
        }
    }

    /// <summary>The host that others are told: a wildcard address tells nobody anything.</summary>
    private static async Task<string> AdvertisedAsync(SiloSettings settings)
    {
        if (settings.Advertise is { } named) return named;
        var listen = (settings.Peers ?? settings.Listen).Address;
        if (!listen.Equals(IPAddress.Any) && !listen.Equals(IPAddress.IPv6Any)) return listen.ToString();
        var found = (await Dns.GetHostAddressesAsync(Dns.GetHostName(), AddressFamily.InterNetwork)).FirstOrDefault(address => !IPAddress.IsLoopback(address));
        return found?.ToString() ?? throw new DataMeshException(
            "It is not known at which address other silos reach this one.", detail: $"It listens at {listen}, and the name of this machine has no address.", hint: "name it with --advertise HOST");
    }

    private static void Tell(SiloSettings settings, ISiloHost host, Uri address)
    {
        var url = address.ToString().TrimEnd('/');
        var where = settings.Redis is null ? $"with its state in {settings.State}" : $"as {host.SiloId} of the cluster '{settings.Cluster}' on {(settings.Host == SiloHostKind.Orleans ? "Orleans and " : "")}Redis at {settings.Redis}";
        if (settings.IsJson) Console.Out.WriteLine($$"""{"silo":"{{host.SiloId}}","address":"{{url}}"}""");
        else Terminal.Line($"A silo answers at {url}, {where}. Ctrl-C ends it.");
    }

    private static void Log(string message) => Console.Error.WriteLine($"{DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)} {message}");

    /// <summary>Takes messages of other silos in, once the silo is there.</summary>
    private sealed class Receiver(SiloServices services) : IPeerReceiver
    {
        public Task<Delivery> ReceiveAsync(GrainMessage message, CancellationToken cancellation) =>
            services.Host is IPeerReceiver receiver ? receiver.ReceiveAsync(message, cancellation) : Task.FromResult(Delivery.Unknown);
    }
}
