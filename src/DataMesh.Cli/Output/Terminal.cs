using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;

namespace DataMesh.Cli.Output;

/// <summary>Where the program prints: plain text when piped or under NO_COLOR, colour and width of the terminal otherwise.</summary>
internal static class Terminal
{
    private const int WidthWhenPiped = 160;

    /// <summary>Whether standard output is a terminal that takes colour.</summary>
    public static bool HasColour { get; } = !Console.IsOutputRedirected && WantsColour;

    /// <summary>Whether a live display may be drawn.</summary>
    public static bool IsLive { get; } = !Console.IsOutputRedirected && !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not ("dumb" or null or "");

    /// <summary>Columns that a line may have.</summary>
    public static int Width
    {
        get
        {
            if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out var given) && given > 20) return given;
            return Console.IsOutputRedirected ? WidthWhenPiped : Math.Max(Console.WindowWidth, 40);
        }
    }

    /// <summary>Lines that are seen at once.</summary>
    public static int Height => Console.IsOutputRedirected ? int.MaxValue : Math.Max(Console.WindowHeight, 8);

    private static bool WantsColour => string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Prints a line.</summary>
    public static void Line(string text = "") => Console.Out.WriteLine(text);

    /// <summary>Bold text on a terminal.</summary>
    public static string Bold(string text) => HasColour ? $"\e[1m{text}\e[0m" : text;

    /// <summary>Faint text on a terminal.</summary>
    public static string Dim(string text) => HasColour ? $"\e[2m{text}\e[0m" : text;

    /// <summary>Green text on a terminal.</summary>
    public static string Good(string text) => HasColour ? $"\e[32m{text}\e[0m" : text;

    /// <summary>Red text on a terminal.</summary>
    public static string Bad(string text) => HasColour ? $"\e[31m{text}\e[0m" : text;

    /// <summary>Yellow text on a terminal.</summary>
    public static string Attention(string text) => HasColour ? $"\e[33m{text}\e[0m" : text;

    /// <summary>Prints an error for people to standard error.</summary>
    public static void Error(string text)
    {
        var isColoured = !Console.IsErrorRedirected && WantsColour;
        Console.Error.WriteLine(isColoured ? $"\e[31m{text}\e[0m" : text);
    }

    /// <summary>Prints a problem of a pipeline file to standard error.</summary>
    public static void Problem(PipelineProblem problem)
    {
        var isColoured = !Console.IsErrorRedirected && WantsColour;
        var colour = problem.Severity == ProblemSeverity.Error ? "31" : "33";
        var label = problem.Severity == ProblemSeverity.Error ? "error: " : "";
        Console.Error.WriteLine(isColoured ? $"\e[{colour}m{label}{problem.Render()}\e[0m" : label + problem.Render());
    }

    /// <summary>Prints an error for people.</summary>
    public static void Error(DataMeshException error) => Error($"error: {error.Render()}");
}
