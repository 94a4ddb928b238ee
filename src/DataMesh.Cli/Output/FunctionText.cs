using DataMesh.Core.Expressions;

namespace DataMesh.Cli.Output;

/// <summary>Prints what a function's declaration says.</summary>
internal static class FunctionText
{
    /// <summary>Names of all functions.</summary>
    public static IReadOnlyList<string> Names => [.. FunctionCatalog.Names.Order(StringComparer.Ordinal)];

    /// <summary>A function or operator by name, or null.</summary>
    public static FunctionDescription? Find(string name) => FunctionCatalog.Find(name);

    /// <summary>Prints one function.</summary>
    public static void Print(FunctionDescription function)
    {
        Terminal.Line($"{Terminal.Bold(function.Name)} ({(function.Category == FunctionCategory.Operators ? "operator" : "function")})");
        foreach (var line in TextWrap.Lines(function.Summary, Terminal.Width - 2)) Terminal.Line($"  {line}");
        if (function.Aliases.Length > 0) Terminal.Line($"  also: {string.Join(", ", function.Aliases)}");
        Terminal.Line(Terminal.Bold("Forms"));
        foreach (var signature in function.Signatures) Terminal.Line($"  {signature}");
        if (function.Examples.Length == 0) return;
        Terminal.Line(Terminal.Bold("Examples"));
        foreach (var example in function.Examples) Terminal.Line($"  {example}");
    }
}
