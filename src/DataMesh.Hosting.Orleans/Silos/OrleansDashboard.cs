using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Dashboard;

namespace DataMesh.Hosting.Orleans.Silos;

/// <summary>The dashboard of Orleans among the pages of a silo: who may see them may see it.</summary>
public static class OrleansDashboard
{
    /// <summary>Where it is.</summary>
    public const string Path = "/orleans";

    /// <summary>Serves it, once the silo is there.</summary>
    /// <param name="routes">Where the silo's pages are mapped.</param>
    /// <param name="silo">The silo; null when it is none on Orleans.</param>
    public static void Map(IEndpointRouteBuilder routes, Func<OrleansSilo?> silo)
    {
        var pages = new Lazy<RequestDelegate>(() => Build(silo()!.Services));
        routes.Map($"{Path}/{{**rest}}", async context =>
        {
            if (silo() is not { } found)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            var before = context.RequestServices;
            await using var scope = found.Services.CreateAsyncScope();
            context.RequestServices = scope.ServiceProvider;
            context.SetEndpoint(null);
            try
            {
                await pages.Value(context);
            }
            finally
            {
                context.RequestServices = before;
            }
        });
    }

    internal static void Add(ISiloBuilder silo)
    {
        silo.AddDashboard();
        silo.Services.AddRouting();
        silo.Services.TryAddSingleton(new DiagnosticListener("DataMesh.Orleans"));
    }

    private static RequestDelegate Build(IServiceProvider services)
    {
        var pages = new ApplicationBuilder(services);
        pages.UseRouting();
        pages.UseEndpoints(routes => routes.MapOrleansDashboard(Path));
        return pages.Build();
    }
}
