using System.Text.Json;
using DataMesh.Client.Contract;
using DataMesh.Core.Errors;
using Microsoft.AspNetCore.Http;

namespace DataMesh.Api;

/// <summary>The one place where a failed request becomes <c>problem+json</c>.</summary>
internal sealed class ErrorAnswers(RequestDelegate next, Action<string> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            var problem = ProblemOf(context, error);
            context.Response.Clear();
            context.Response.StatusCode = problem.Status;
            context.Response.ContentType = "application/problem+json";
            await JsonSerializer.SerializeAsync(context.Response.Body, problem, ContractJson.Default.Problem, context.RequestAborted);
        }
    }

    private Problem ProblemOf(HttpContext context, Exception error)
    {
        switch (error)
        {
            case ApiException refused:
                return refused.Problem;
            case BadHttpRequestException bad:
                log($"refused {context.Request.Method} {context.Request.Path}: {bad.Message}");
                return new Problem { Status = bad.StatusCode, Title = bad.Message };
            case JsonException json:
                return new Problem { Status = StatusCodes.Status400BadRequest, Title = "The request is not the JSON that is expected here.", Detail = json.Message };
            case DataMeshException known:
                return new Problem { Status = StatusCodes.Status422UnprocessableEntity, Title = known.Message, Detail = known.Detail, Hint = known.Hint };
            default:
                log($"{context.Request.Method} {context.Request.Path} failed: {error}");
                return new Problem { Status = StatusCodes.Status500InternalServerError, Title = $"Unexpected {error.GetType().Name}: {error.Message}", Hint = "this is a mistake in DataMesh; the silo's log shows where" };
        }
    }
}
