namespace DataMesh.Client.Contract;

/// <summary>An error as <c>application/problem+json</c> tells it.</summary>
public sealed record Problem
{
    /// <summary>What is wrong, one sentence.</summary>
    public string Title { get; init; } = "";

    /// <summary>More about what was found.</summary>
    public string? Detail { get; init; }

    /// <summary>The HTTP status.</summary>
    public int Status { get; init; }

    /// <summary>What to do.</summary>
    public string? Hint { get; init; }

    /// <summary>Everything that is wrong with a pipeline file.</summary>
    public IReadOnlyList<FileProblem> Problems { get; init; } = [];
}

/// <summary>Something wrong in a pipeline file.</summary>
public sealed record FileProblem(string Severity, string Message, string? File, int Line, int Column, string? Detail, string? Hint);
