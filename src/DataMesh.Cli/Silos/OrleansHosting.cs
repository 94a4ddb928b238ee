using DataMesh.Api;
using DataMesh.Runtime.Hosting;
using Microsoft.AspNetCore.Routing;
#if ORLEANS_ENGINE
using System.Net;
using System.Net.Sockets;
using DataMesh.Core.Errors;
using DataMesh.Hosting.Orleans.Silos;
#endif

namespace DataMesh.Cli.Silos;

/// <summary>The Orleans host, where it is compiled in: everything that knows of it here.</summary>
internal static class OrleansHosting
{
#if ORLEANS_ENGINE
    /// <summary>Whether it is there.</summary>
    public const bool IsCompiledIn = true;

    /// <summary>Puts a silo on Orleans together. It listens at the port after the one for peers, or at a free one.</summary>
    public static async Task<ISiloHost> CreateAsync(SiloSettings settings, GrainActivator activator, Uri address, Action<string> log)
    {
        var listen = settings.Peers is { Port: > 0 } peers ? new IPEndPoint(peers.Address, peers.Port + 1) : new IPEndPoint((settings.Peers ?? settings.Listen).Address, 0);
        return OrleansSilo.Create(
            new OrleansOptions(settings.Redis!)
            {
                Cluster = settings.Cluster,
                Secret = settings.Secret,
                Address = address,
                Listen = listen,
                Advertised = await ResolveAsync(address.Host),
                HasDashboard = true,
            },
            activator, TimeProvider.System, log);
    }

    /// <summary>Serves the dashboard of Orleans, where the silo is one.</summary>
    public static Action<IEndpointRouteBuilder> MapDashboard(SiloServices services) => routes => OrleansDashboard.Map(routes, () => services.Host as OrleansSilo);

    private static async Task<IPAddress> ResolveAsync(string host)
    {
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address)) return address;
        return (await Dns.GetHostAddressesAsync(host, AddressFamily.InterNetwork)).FirstOrDefault() ?? throw new DataMeshException($"The name '{host}' has no address.", hint: "name another one with --advertise HOST");
    }
#else
    /// <summary>Whether it is there.</summary>
    public const bool IsCompiledIn = false;

    /// <summary>Puts a silo on Orleans together.</summary>
    public static Task<ISiloHost> CreateAsync(SiloSettings settings, GrainActivator activator, Uri address, Action<string> log) =>
        throw new NotSupportedException("The Orleans host is not compiled in.");

    /// <summary>There is no dashboard.</summary>
    public static Action<IEndpointRouteBuilder> MapDashboard(SiloServices services) => _ => { };
#endif
}
