namespace DataMesh.Cli.Output;

/// <summary>Prints what a function's declaration says.</summary>
internal static class FunctionText
{
    /// <summary>Names of all functions.</summary>
    public static IReadOnlyList<string> Names => [];

    /// <summary>A function by name, or null.</summary>
    public static object? Find(string name) => Names.Contains(name) ? name : null;

    /// <summary>Prints one function.</summary>
    public static void Print(object function) => Terminal.Line(function.ToString() ?? "");
}
