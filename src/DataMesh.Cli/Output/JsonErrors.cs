using System.CommandLine;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;

namespace DataMesh.Cli.Output;

/// <summary>Under <c>--json</c>, an error that ends a verb is a JSON document on standard output too, so that a program finds one in any case.</summary>
internal static class JsonErrors
{
    /// <summary>Prints an error when the command line asks for JSON.</summary>
    public static void Print(ParseResult parsed, string message) => Print(parsed, message, []);

    /// <summary>Prints an error when the command line asks for JSON.</summary>
    public static void Print(ParseResult parsed, DataMeshException error) =>
        Print(parsed, error.Render(), error.All.Select(each => new PipelineProblem(ProblemSeverity.Error, each.Message, each.Location, each.Detail, each.Hint)));

    /// <summary>Prints the problems of a pipeline file when the command line asks for JSON.</summary>
    public static void Print(ParseResult parsed, IReadOnlyList<PipelineProblem> problems) =>
        Print(parsed, problems.FirstOrDefault(problem => problem.Severity == ProblemSeverity.Error)?.Render() ?? "The pipeline file has errors.", problems);

    private static void Print(ParseResult parsed, string message, IEnumerable<PipelineProblem> problems)
    {
        if (!parsed.Tokens.Any(token => token.Value == "--json")) return;
        JsonPrinter.Print(new
        {
            Error = message,
            Problems = problems.Select(problem => new
            {
                problem.Severity,
                problem.Message,
                problem.Location?.File,
                problem.Location?.Line,
                problem.Location?.Column,
                problem.Detail,
                problem.Hint,
            }),
        });
    }
}
