using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Core.Errors;

namespace DataMesh.Cli;

/// <summary>What to say after a wrong command line.</summary>
internal static class Usage
{
    /// <summary>Says what is wrong, the nearest verb or option, and where the help is.</summary>
    public static void Explain(RootCommand root, ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var errors = parsed.Errors.Select(error => error.Message).ToList();
        if (parsed.UnmatchedTokens.Count > 0) errors.RemoveAll(error => error.StartsWith("Required command", StringComparison.Ordinal));
        foreach (var error in errors) Terminal.Error($"error: {error}");
        JsonErrors.Print(parsed, string.Join('\n', errors));
        var words = command.Subcommands.Select(each => each.Name).Concat(command.Options.Select(each => each.Name)).ToList();
        foreach (var token in parsed.UnmatchedTokens)
        {
            if (Nearest.Find(token, words) is { } near) Console.Error.WriteLine($"  hint: did you mean '{near}'?");
        }

        var verbs = command == root ? "" : $" {string.Join(' ', Path(command))}";
        Console.Error.WriteLine($"  See 'datamesh{verbs} --help'.");
    }

    private static IEnumerable<string> Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault(parent => parent is not RootCommand) is { } parent ? [.. Path(parent), command.Name] : [command.Name];
}
