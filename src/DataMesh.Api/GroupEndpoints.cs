using System.Text.Json;
using DataMesh.Core;
using DataMesh.Runtime.Groups;
using DataMesh.Runtime.Groups.Remote;
using DataMesh.Runtime.Hosting.Peers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DataMesh.Api;

/// <summary>
/// Where task instances in other silos ask the coordinators that are here. An answer may take as long as an epoch; the caller's silo hangs up when it dies.
/// </summary>
/// <param name="answer">Answers a call.</param>
/// <param name="log">Told what was refused.</param>
public sealed class GroupEndpoints(Func<GroupCall, CancellationToken, Task<GroupAnswer>> answer, Action<string> log)
{
    /// <summary>Maps the endpoint.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost(PeerPaths.Groups, AnswerAsync);

    private async Task AnswerAsync(HttpContext context)
    {
        var call = await PeerRequests.TakeAsync(context, "a call of a task", Limits.GroupMessageBytesMax, log, () => ReadAsync(context));
        await context.JsonAsync(await answer(call, context.RequestAborted), GroupJson.Default.GroupAnswer);
    }

    private static async Task<GroupCall> ReadAsync(HttpContext context) =>
        await JsonSerializer.DeserializeAsync(context.Request.Body, GroupJson.Default.GroupCall, context.RequestAborted) is { RunId: not null } call
            ? call
            : throw new JsonException("The call names no run.");
}
