using DataMesh.Core.Expressions;
using DataMesh.DataPlane.Stages.Aggregates;

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

    /// <summary>Prints one aggregate.</summary>
    public static void Print(AggregateDescription aggregate)
    {
        Terminal.Line($"{Terminal.Bold(aggregate.Name)} (aggregate)");
        foreach (var line in TextWrap.Lines($"{aggregate.Summary}. Used in the aggregates of an aggregate stage; nulls are left out, and 'filter (where condition)' may follow.", Terminal.Width - 2)) Terminal.Line($"  {line}");
        if (aggregate.Aliases.Count > 0) Terminal.Line($"  also: {string.Join(", ", aggregate.Aliases)}");
        Terminal.Line(Terminal.Bold("Forms"));
        Terminal.Line($"  {aggregate.Forms}");
        Terminal.Line(Terminal.Bold("Examples"));
        Terminal.Line($"  aggregate: {{ group_by: [key], aggregates: {{ result: {(aggregate.Name == "count" ? "count(*)" : aggregate.Forms)} }} }}");
    }
}
