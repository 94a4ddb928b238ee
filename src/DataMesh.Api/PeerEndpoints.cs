using DataMesh.Core;
using DataMesh.Runtime.Hosting.Peers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DataMesh.Api;

/// <summary>Where other silos send what their grains tell the grains of this one.</summary>
public sealed class PeerEndpoints(IPeerReceiver receiver, Action<string> log)
{
    /// <summary>Maps the endpoint.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost(PeerPaths.Messages, ReceiveAsync);

    private async Task ReceiveAsync(HttpContext context)
    {
        var message = await PeerRequests.TakeAsync(context, "a message to a grain", Limits.MessageBytesMax, log, async () => GrainMessage.Parse((await PeerRequests.BytesAsync(context)).Span));
        var delivery = message.To.Key.Length <= Limits.GrainKeyLengthMax ? await receiver.ReceiveAsync(message, context.RequestAborted) : Delivery.Unknown;
        if (delivery == Delivery.Unknown) log($"refused a message to a grain from {context.Connection.RemoteIpAddress}: there is no grain {Shorten(message.To.ToString())}");
        await context.TextAsync(delivery.ToString());
    }

    private static string Shorten(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
