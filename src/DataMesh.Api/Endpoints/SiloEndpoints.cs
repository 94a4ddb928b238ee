using DataMesh.Api.Operations;
using DataMesh.Client.Contract;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DataMesh.Api.Endpoints;

/// <summary>The silo itself: <c>/v1/cluster</c>, <c>/v1/silo</c>, <c>/health</c>, <c>/metrics</c>.</summary>
internal sealed class SiloEndpoints(SiloServices silo, Func<Uri> address)
{
    private readonly SiloInfo _info = new(silo, address);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/cluster", async context => await context.JsonAsync(await _info.AllAsync(context.Request.Query["leases"] == "true", context.RequestAborted), ContractJson.Default.ClusterStatus));
        routes.MapGet("/v1/silo", async context => await context.JsonAsync(await _info.ThisAsync(context.RequestAborted), ContractJson.Default.SiloStatus));
        routes.MapGet("/health/live", context => context.TextAsync("alive\n"));
        routes.MapGet("/health/ready", context => silo.IsReady ? context.TextAsync("ready\n") : context.TextAsync("not ready\n", StatusCodes.Status503ServiceUnavailable));
        routes.MapGet("/metrics", async context =>
            await context.TextAsync(PrometheusText.Write(silo, await _info.ThisAsync(context.RequestAborted)), type: PrometheusText.ContentType));
    }
}
