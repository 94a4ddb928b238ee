using System.CommandLine;

namespace DataMesh.Cli;

/// <summary>Options that several verbs share.</summary>
internal static class CommonOptions
{
    /// <summary>Shows what is behind an unexpected error.</summary>
    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "Show the stack behind an unexpected error.", Recursive = true };

    /// <summary>Prints a result as JSON.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print the result as JSON on standard output." };

    /// <summary>A pipeline file.</summary>
    public static Argument<string> Pipeline() => new("FILE") { Description = "Pipeline file (YAML)." };

    /// <summary>A pipeline file or a data file.</summary>
    public static Argument<string> PipelineOrData() => new("FILE") { Description = "Pipeline file (YAML), or any data file." };
}
