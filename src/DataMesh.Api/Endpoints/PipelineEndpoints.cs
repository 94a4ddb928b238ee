using DataMesh.Api.Operations;
using DataMesh.Client.Contract;
using DataMesh.Runtime.Silos;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DataMesh.Api.Endpoints;

/// <summary><c>/v1/pipelines</c>: submit, look, and what is asked of a pipeline.</summary>
internal sealed class PipelineEndpoints(SiloServices silo)
{
    private static readonly TimeSpan LogInterval = TimeSpan.FromMilliseconds(200);

    private readonly PipelineOperations _operations = new(silo);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/pipelines", SubmitAsync);
        routes.MapGet("/v1/pipelines", ListAsync);
        routes.MapGet("/v1/pipelines/{name}", context => AnswerAsync(context, _operations.Statuses.OneAsync(NameOf(context), context.RequestAborted)));
        routes.MapDelete("/v1/pipelines/{name}", async context =>
            await context.JsonAsync(await _operations.RemoveAsync(NameOf(context), context.RequestAborted), ContractJson.Default.RemovedPipeline));
        routes.MapGet("/v1/pipelines/{name}/logs", LogsAsync);
        MapWish(routes, "pause", _operations.PauseAsync);
        MapWish(routes, "resume", _operations.ResumeAsync);
        MapWish(routes, "stop", _operations.StopAsync);
        MapWish(routes, "restart", _operations.RestartAsync);
        routes.MapPost("/v1/pipelines/{name}/scale", async context =>
        {
            var request = await context.BodyAsync(ContractJson.Default.ScaleRequest);
            await AnswerAsync(context, _operations.ScaleAsync(NameOf(context), request.Parallelism, context.RequestAborted));
        });
    }

    private static string NameOf(HttpContext context) => context.PathPart("name");

    private static void MapWish(IEndpointRouteBuilder routes, string verb, Func<string, CancellationToken, Task<PipelineStatus>> ask) =>
        routes.MapPost($"/v1/pipelines/{{name}}/{verb}", context => AnswerAsync(context, ask(NameOf(context), context.RequestAborted)));

    private static async Task AnswerAsync(HttpContext context, Task<PipelineStatus> status) => await context.JsonAsync(await status, ContractJson.Default.PipelineStatus);

    private async Task SubmitAsync(HttpContext context)
    {
        var request = await context.BodyAsync(ContractJson.Default.SubmitRequest);
        await AnswerAsync(context, _operations.SubmitAsync(request, context.RequestAborted));
    }

    private async Task ListAsync(HttpContext context)
    {
        var limit = (int)context.Number("limit", 1000, 1, 10_000);
        var page = await _operations.Statuses.PageAsync(context.Request.Query["after"].ToString(), limit, context.RequestAborted);
        await context.JsonAsync(page, ContractJson.Default.PipelineList);
    }

    private async Task LogsAsync(HttpContext context)
    {
        var name = NameOf(context);
        await _operations.Statuses.RequireAsync(name, context.RequestAborted);
        var after = context.Number("after", 0, 0, long.MaxValue);
        var limit = (int)context.Number("limit", 1000, 1, 10_000);
        var until = silo.Host.Clock.GetTimestamp() + context.Number("wait_ms", 0, 0, 30_000) * silo.Host.Clock.TimestampFrequency / 1000;
        while (true)
        {
            var entries = await silo.Host.Streams.ReadAsync(Statuses.GrainOf(name), after, limit, context.RequestAborted);
            if (entries.Count == 0 && silo.Host.Clock.GetTimestamp() < until)
            {
                await Task.Delay(LogInterval, silo.Host.Clock, context.RequestAborted);
                continue;
            }

            var lines = entries.Select(entry => (Entry: entry, Log: LogEntry.Read(entry))).Where(each => each.Log is not null)
                .Select(each => new LogLine(each.Entry.Sequence, each.Entry.Time, each.Log!.Level, each.Log.Message)).ToList();
            await context.JsonAsync(new LogPage(lines, entries.Count == 0 ? after : entries[^1].Sequence), ContractJson.Default.LogPage);
            return;
        }
    }
}
