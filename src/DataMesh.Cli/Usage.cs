using System.CommandLine;
using DataMesh.Core.Errors;

namespace DataMesh.Cli;

/// <summary>What to say after a wrong command line.</summary>
internal static class Usage
{
    /// <summary>Names the nearest verb or option, and where the help is.</summary>
    public static void Suggest(RootCommand root, ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
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
