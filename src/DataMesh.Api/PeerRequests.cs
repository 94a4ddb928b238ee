using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DataMesh.Api;

/// <summary>How requests of other silos are taken in.</summary>
internal static class PeerRequests
{
    /// <summary>Takes a request in; one that is garbled is refused and logged, one that is too large is refused.</summary>
    /// <param name="context">The request.</param>
    /// <param name="what">What it should be.</param>
    /// <param name="bytesMax">Its largest size.</param>
    /// <param name="log">Told what was refused.</param>
    /// <param name="take">Takes the body in, or throws what says that it is garbled.</param>
    public static async Task<T> TakeAsync<T>(HttpContext context, string what, long bytesMax, Action<string> log, Func<Task<T>> take)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = bytesMax;
        try
        {
            return await take();
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            log($"refused {what} from {context.Connection.RemoteIpAddress}: {error.Message}");
            throw new ApiException(StatusCodes.Status400BadRequest, $"This is not {what}.", error.Message);
        }
    }

    /// <summary>The whole body.</summary>
    public static async Task<ReadOnlyMemory<byte>> BytesAsync(HttpContext context)
    {
        using var body = new MemoryStream((int)Math.Clamp(context.Request.ContentLength ?? 0, 0, 16 << 20));
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
