using System.Text.Json;
using DataMesh.Core;
using DataMesh.Runtime.Hosting.Peers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace DataMesh.Api;

/// <summary>Where other silos send what their grains tell the grains of this one.</summary>
public sealed class PeerEndpoints(IPeerReceiver receiver, Action<string> log)
{
    /// <summary>Maps the endpoint.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost(PeerPaths.Messages, ReceiveAsync);

    private async Task ReceiveAsync(HttpContext context)
    {
        var message = await ReadAsync(context);
        var delivery = message.To.Key.Length <= Limits.GrainKeyLengthMax ? await receiver.ReceiveAsync(message, context.RequestAborted) : Delivery.Unknown;
        if (delivery == Delivery.Unknown) log($"refused a message from {context.Connection.RemoteIpAddress}: there is no grain {Shorten(message.To.ToString())}");
        await context.TextAsync(delivery.ToString());
    }

    private async Task<GrainMessage> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = Limits.MessageBytesMax;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        try
        {
            return GrainMessage.Parse(body.GetBuffer().AsSpan(0, (int)body.Length));
        }
        catch (JsonException error)
        {
            log($"refused a message from {context.Connection.RemoteIpAddress}: {error.Message}");
            throw new ApiException(StatusCodes.Status400BadRequest, "This is no message to a grain.", error.Message);
        }
    }

    private static string Shorten(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
