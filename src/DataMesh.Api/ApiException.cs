using DataMesh.Client.Contract;

namespace DataMesh.Api;

/// <summary>A request that is refused, with what to tell the one who asked.</summary>
public sealed class ApiException(int status, string title, string? detail = null, string? hint = null) : Exception(title)
{
    /// <summary>What is told.</summary>
    public Problem Problem { get; init; } = new() { Status = status, Title = title, Detail = detail, Hint = hint };
}
