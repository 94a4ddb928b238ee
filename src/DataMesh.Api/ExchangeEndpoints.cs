using DataMesh.Runtime.Groups.Remote;
using DataMesh.Runtime.Hosting.Peers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
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
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = ExchangeCall.BytesMax;
        try
        {
            using var body = new MemoryStream((int)Math.Clamp(context.Request.ContentLength ?? 0, 0, ExchangeCall.BytesMax));
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            var answer = await accept(ExchangeCall.Parse(body.GetBuffer().AsSpan(0, (int)body.Length)), context.RequestAborted);
            context.Response.ContentType = "application/octet-stream";
            await context.Response.Body.WriteAsync(new[] { (byte)answer }, context.RequestAborted);
        }
        catch (FormatException error)
        {
            log($"refused rows of a task from {context.Connection.RemoteIpAddress}: {error.Message}");
            throw new ApiException(StatusCodes.Status400BadRequest, "These are no rows of a task.", error.Message);
        }
    }
}
