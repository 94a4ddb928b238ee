using DataMesh.Runtime.Groups.Remote;
using DataMesh.Runtime.Hosting.Peers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DataMesh.Api;

/// <summary>Where task instances in other silos send the rows of the keys that instances here have. The answer waits until the rows are taken in.</summary>
/// <param name="accept">Takes a call in.</param>
/// <param name="log">Told what was refused.</param>
public sealed class ExchangeEndpoints(Func<ExchangeCall, CancellationToken, Task<ExchangeAnswer>> accept, Action<string> log)
{
    /// <summary>Maps the endpoint.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost(PeerPaths.Exchange, AcceptAsync);

    private async Task AcceptAsync(HttpContext context)
    {
        var answer = await PeerRequests.TakeAsync(context, "a parcel of a task", ExchangeCall.BytesMax, log,
            async () => await accept(ExchangeCall.Parse((await PeerRequests.BytesAsync(context)).Span), context.RequestAborted));
        context.Response.ContentType = "application/octet-stream";
        await context.Response.Body.WriteAsync(new[] { (byte)answer }, context.RequestAborted);
    }
}
