using DataMesh.Api.Endpoints;
using Microsoft.AspNetCore.Routing;

namespace DataMesh.Api;

/// <summary>The operating API of a silo: what people and programs look at and ask for.</summary>
public static class OperatingApi
{
    /// <summary>Maps its endpoints.</summary>
    /// <param name="silo">What it works on.</param>
    /// <param name="address">Where it answers, once it does.</param>
    public static Action<IEndpointRouteBuilder> Of(SiloServices silo, Func<Uri> address) => routes =>
    {
        new PipelineEndpoints(silo).Map(routes);
        new SiloEndpoints(silo, address).Map(routes);
    };
}
