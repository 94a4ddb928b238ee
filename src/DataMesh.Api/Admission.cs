using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace DataMesh.Api;

/// <summary>
/// Lets in who knows the secret. Without a secret (on loopback only) it refuses what a web page in a browser of this machine could send: a host name that
/// is no address, and posts of other types than JSON.
/// </summary>
internal sealed class Admission(RequestDelegate next, string? secret, Action<string> log)
{
    private readonly byte[]? _expected = secret is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes($"Bearer {secret}"));

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        // Whoever watches over a silo need not know its secret: liveness and readiness tell nothing but a word.
        if (request.Path.StartsWithSegments("/health")) return next(context);
        if (_expected is null) CheckOrigin(request);
        else if (!CryptographicOperations.FixedTimeEquals(_expected, SHA256.HashData(Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString()))))
            throw Refuse(context, StatusCodes.Status401Unauthorized, "The secret is missing or wrong.", "name the cluster's secret with --secret-file or DATAMESH_SECRET_FILE");
        return next(context);
    }

    private static bool IsHere(string host) => host is "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private void CheckOrigin(HttpRequest request)
    {
        if (!IsHere(request.Host.Host))
            throw Refuse(request.HttpContext, StatusCodes.Status403Forbidden, $"This silo does not answer to the name '{request.Host.Host}'.", "ask 127.0.0.1 or localhost");
        if (request.Headers.Origin.Count > 0)
            throw Refuse(request.HttpContext, StatusCodes.Status403Forbidden, "This silo does not answer web pages.", "use the command line, or give the silo a secret");
    }

    private ApiException Refuse(HttpContext context, int status, string title, string hint)
    {
        log($"refused {context.Request.Method} {context.Request.Path} from {context.Connection.RemoteIpAddress}: {title}");
        return new ApiException(status, title, hint: hint);
    }
}
