using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace DataMesh.Api;

/// <summary>Reads requests and writes answers.</summary>
internal static class Answers
{
    /// <summary>Answers with a value as JSON.</summary>
    public static Task JsonAsync<T>(this HttpContext context, T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        return JsonSerializer.SerializeAsync(context.Response.Body, value, type, context.RequestAborted);
    }

    /// <summary>Answers with plain text.</summary>
    public static Task TextAsync(this HttpContext context, string text, int status = StatusCodes.Status200OK, string type = "text/plain; charset=utf-8")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    /// <summary>The request's body.</summary>
    public static async Task<T> BodyAsync<T>(this HttpContext context, JsonTypeInfo<T> type)
    {
        if (!context.Request.HasJsonContentType()) throw new ApiException(StatusCodes.Status415UnsupportedMediaType, "A request's body is JSON here.", hint: "send 'Content-Type: application/json'");
        return await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted)
            ?? throw new ApiException(StatusCodes.Status400BadRequest, "The request has no body.");
    }

    /// <summary>A number of the query.</summary>
    public static long Number(this HttpContext context, string name, long otherwise, long min, long max)
    {
        var text = context.Request.Query[name].ToString();
        if (text.Length == 0) return otherwise;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        throw new ApiException(StatusCodes.Status400BadRequest, $"'{name}' is a number from {min} to {max}, not '{text}'.");
    }

    /// <summary>A part of the path.</summary>
    public static string PathPart(this HttpContext context, string name) => (string)context.Request.RouteValues[name]!;
}
