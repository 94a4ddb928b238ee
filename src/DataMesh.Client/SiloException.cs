using DataMesh.Client.Contract;

namespace DataMesh.Client;

/// <summary>A silo refused something, or did not answer.</summary>
public sealed class SiloException(Problem problem, Exception? cause = null) : Exception(problem.Title, cause)
{
    /// <summary>What it said.</summary>
    public Problem Problem { get; } = problem;

    /// <summary>Whether no silo answered at all.</summary>
    public bool IsUnreachable => Problem.Status == 0;
}
