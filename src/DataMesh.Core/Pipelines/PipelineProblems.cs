using DataMesh.Core.Errors;

namespace DataMesh.Core.Pipelines;

/// <summary>How bad a problem is.</summary>
public enum ProblemSeverity
{
    /// <summary>The pipeline can not run.</summary>
    Error,
    /// <summary>It can run, but something is probably not meant so.</summary>
    Warning,
}

/// <summary>Something wrong in a pipeline file.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Message">What is wrong, one sentence.</param>
/// <param name="Location">Where.</param>
/// <param name="Detail">More about what was found.</param>
/// <param name="Hint">What to do.</param>
public sealed record PipelineProblem(ProblemSeverity Severity, string Message, Location? Location, string? Detail = null, string? Hint = null)
{
    /// <summary>The parts as the command line prints them.</summary>
    public string Render()
    {
        var text = new DataMeshException(Message, Location, Detail, Hint).Render();
        return Severity == ProblemSeverity.Warning ? $"warning: {text}" : text;
    }
}

/// <summary>Collects the problems of a pipeline file, so that all of them are reported at once.</summary>
public sealed class PipelineProblems
{
    private readonly List<PipelineProblem> _all = [];

    /// <summary>All problems in file order.</summary>
    public IReadOnlyList<PipelineProblem> All =>
        [.. _all.Distinct().OrderBy(problem => problem.Location?.Line ?? 0).ThenBy(problem => problem.Location?.Column ?? 0)];

    /// <summary>Whether the pipeline can not run.</summary>
    public bool HasErrors => _all.Exists(problem => problem.Severity == ProblemSeverity.Error);

    /// <summary>Adds an error.</summary>
    public void Error(string message, Location? location, string? detail = null, string? hint = null) =>
        _all.Add(new PipelineProblem(ProblemSeverity.Error, message, location, detail, hint));

    /// <summary>Adds an error that was thrown; <paramref name="fallback"/> is its place when it does not know one itself.</summary>
    public void Error(DataMeshException error, Location? fallback = null)
    {
        foreach (var each in error.All) Error(each.Message, each.Location ?? fallback, each.Detail, each.Hint);
    }

    /// <summary>Adds a problem that another check found.</summary>
    public void Add(PipelineProblem problem) => _all.Add(problem);

    /// <summary>How many errors there are so far.</summary>
    public int ErrorCount => _all.Count(problem => problem.Severity == ProblemSeverity.Error);

    /// <summary>Adds a warning.</summary>
    public void Warning(string message, Location? location, string? detail = null, string? hint = null) =>
        _all.Add(new PipelineProblem(ProblemSeverity.Warning, message, location, detail, hint));

    /// <summary>The errors as one exception: the first one, with the others as its detail.</summary>
    public DataMeshException ToException()
    {
        var errors = All.Where(problem => problem.Severity == ProblemSeverity.Error).ToList();
        var first = errors[0];
        if (errors.Count == 1) return new DataMeshException(first.Message, first.Location, first.Detail, first.Hint);
        var others = string.Join("\n  ", errors.Skip(1).Select(error => $"{error.Location}: {error.Message}"));
        return new DataMeshException(first.Message, first.Location, $"{(first.Detail is null ? "" : first.Detail + "\n  ")}and {errors.Count - 1} more:\n  {others}", first.Hint);
    }
}
