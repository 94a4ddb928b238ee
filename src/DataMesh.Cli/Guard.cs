using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Core.Errors;

namespace DataMesh.Cli;

/// <summary>The one level at which errors are caught and become text and an exit code.</summary>
internal static class Guard
{
    /// <summary>Makes <paramref name="body"/> the action of a command.</summary>
    public static void Act(this Command command, Func<ParseResult, CancellationToken, Task<int>> body) =>
        command.SetAction(async (parsed, _) => await RunAsync(parsed, body));

    private static async Task<int> RunAsync(ParseResult parsed, Func<ParseResult, CancellationToken, Task<int>> body)
    {
        try
        {
            return await body(parsed, CancellationToken.None);
        }
        catch (InvalidPipelineException invalid)
        {
            foreach (var problem in invalid.Problems) Terminal.Problem(problem);
            JsonErrors.Print(parsed, invalid.Problems);
            return ExitCodes.Invalid;
        }
        catch (DataMeshException error)
        {
            Terminal.Error(error);
            JsonErrors.Print(parsed, error);
            if (parsed.GetValue(CommonOptions.Verbose)) Console.Error.WriteLine(error);
            return error.Location is { Line: > 0 } ? ExitCodes.Invalid : ExitCodes.Failed;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Stopped;
        }
        catch (IOException pipe) when (Console.IsOutputRedirected && pipe.Message.Contains("Broken pipe", StringComparison.Ordinal))
        {
            return ExitCodes.Done;
        }
        catch (Exception bug)
        {
            return Report(bug, parsed);
        }
    }

    private static int Report(Exception bug, ParseResult parsed)
    {
        var cause = bug is AggregateException { InnerExceptions: [var only] } ? only : bug;
        if ((cause as DataMeshException ?? StorageError.Explain(cause)) is { } error)
        {
            Terminal.Error(error);
            JsonErrors.Print(parsed, error);
            return ExitCodes.Failed;
        }

        Terminal.Error($"error: unexpected {cause.GetType().Name}: {cause.Message}");
        JsonErrors.Print(parsed, $"unexpected {cause.GetType().Name}: {cause.Message}");
        Console.Error.WriteLine(parsed.GetValue(CommonOptions.Verbose) ? cause.ToString() : "  This is a mistake in DataMesh. Run again with --verbose to see where, and please report it.");
        return ExitCodes.Bug;
    }
}
