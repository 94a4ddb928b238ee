using System.Globalization;
using DataMesh.Api;
using DataMesh.Cli.Output;
using DataMesh.ControlPlane.Grains;
using DataMesh.Core.Errors;
using DataMesh.Hosting.Embedded;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Silos;

namespace DataMesh.Cli.Silos;

/// <summary>
/// Puts a silo together and runs it until a signal ends it. What belongs to the API is touched here and nowhere else: other verbs do not load it.
/// </summary>
internal static class SiloProgram
{
    /// <summary>Runs a silo; the exit code of the process.</summary>
    public static async Task<int> RunAsync(SiloSettings settings)
    {
        var clock = TimeProvider.System;
        using var stop = new SiloStopSignal(settings.Patience);
        var limits = new SiloLimits { Cores = settings.Cores };
        if (settings.BytesInFlight is { } bytes) limits = limits with { BytesInFlight = bytes };
        await using var worker = new SiloWorker(Composition.Catalog, limits, clock);
        await using ISiloHost host = EmbeddedSilo.Open(settings.State, new GrainActivator(worker), clock, Failed);
        worker.Attach(host);
        using var peers = new Peers(host, settings.Secret);
        var services = new SiloServices(host, worker, Composition.Catalog, "embedded", clock.GetUtcNow()) { Peers = peers };
        ApiServer? server = null;
        try
        {
            server = await ServeAsync(settings, services, () => server!.Address);
            await host.StartAsync(CancellationToken.None);
            Tell(settings, services, server.Address);
            await stop.Stopped;
            Log("leaving: epochs that are being read come to a barrier");
            await host.LeaveAsync(stop.Patience);
        }
        finally
        {
            if (server is not null) await server.DisposeAsync();
        }

        Log("left");
        return ExitCodes.Done;
    }

    private static async Task<ApiServer> ServeAsync(SiloSettings settings, SiloServices services, Func<Uri> address)
    {
        try
        {
            return await ApiServer.StartAsync(new ApiOptions(settings.Listen, settings.Secret), Log, OperatingApi.Of(services, address));
        }
        catch (IOException error) when (error.InnerException is not null || error.Message.Contains("address", StringComparison.OrdinalIgnoreCase))
        {
            throw new DataMeshException($"The silo can not listen at {settings.Listen}.", detail: error.Message, hint: "another silo may answer there; --listen takes another address", cause: error);
        }
    }

    private static void Tell(SiloSettings settings, SiloServices services, Uri address)
    {
        var url = address.ToString().TrimEnd('/');
        if (settings.IsJson) Console.Out.WriteLine($$"""{"silo":"{{services.Host.SiloId}}","address":"{{url}}"}""");
        else Terminal.Line($"A silo answers at {url}, with its state in {settings.State}. Ctrl-C ends it.");
    }

    private static void Failed(GrainId grain, string why) => Log($"{grain}: {why}");

    private static void Log(string message) => Console.Error.WriteLine($"{DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)} {message}");
}
