using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Client;
using DataMesh.Client.Contract;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;

namespace DataMesh.Cli.Silos;

/// <summary>The silo that an operating verb talks to, and what its refusals become.</summary>
internal sealed class SiloConnection
{
    private const string Default = "http://127.0.0.1:7420";

    /// <summary>Where the silo answers.</summary>
    public Option<string?> Silo { get; } = new("--silo") { Description = $"A silo's address; without it: DATAMESH_SILO, else {Default}.", HelpName = "URL" };

    /// <summary>Where the secret is.</summary>
    public Option<string?> SecretFile { get; } = new("--secret-file") { Description = "File with the silo's secret; without it: DATAMESH_SECRET_FILE.", HelpName = "FILE" };

    /// <summary>Prints JSON.</summary>
    public Option<bool> Json { get; } = CommonOptions.Json();

    /// <summary>Adds the options to a verb, and makes its action of <paramref name="body"/>.</summary>
    public Command Act(Command command, Func<ParseResult, SiloClient, Task<int>> body)
    {
        command.Add(Silo);
        command.Add(SecretFile);
        command.Add(Json);
        command.Act(async (parsed, _) =>
        {
            using var client = Open(parsed);
            try
            {
                return await body(parsed, client);
            }
            catch (SiloException refused)
            {
                return Tell(parsed, refused);
            }
        });
        return command;
    }

    /// <summary>The name of a pipeline.</summary>
    public static Argument<string> Pipeline() => new("PIPELINE") { Description = "Name of a submitted pipeline." };

    private SiloClient Open(ParseResult parsed)
    {
        var text = parsed.GetValue(Silo) ?? NotEmpty(Environment.GetEnvironmentVariable("DATAMESH_SILO")) ?? Default;
        if (!text.Contains("://", StringComparison.Ordinal)) text = $"http://{text}";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new DataMeshException($"'{text}' is no address of a silo.", hint: "write for example http://127.0.0.1:7420");
        var file = parsed.GetValue(SecretFile) ?? NotEmpty(Environment.GetEnvironmentVariable(Cli.Silos.SecretFile.Variable));
        return new SiloClient(address, file is null ? null : Cli.Silos.SecretFile.Read(file));
    }

    private static int Tell(ParseResult parsed, SiloException refused)
    {
        var problem = refused.Problem;
        if (problem.Problems.Count > 0)
        {
            List<PipelineProblem> problems = [.. problem.Problems.Select(Convert)];
            foreach (var each in problems) Terminal.Problem(each);
            JsonErrors.Print(parsed, problems);
            return ExitCodes.Invalid;
        }

        var error = new DataMeshException(problem.Title, null, problem.Detail, problem.Hint);
        Terminal.Error(error);
        JsonErrors.Print(parsed, error);
        return refused.IsUnreachable ? ExitCodes.NoSilo : ExitCodes.Failed;
    }

    private static PipelineProblem Convert(FileProblem problem) => new(
        problem.Severity == "warning" ? ProblemSeverity.Warning : ProblemSeverity.Error, problem.Message,
        problem.File is null ? null : new Location(problem.File, problem.Line, problem.Column), problem.Detail, problem.Hint);

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
