namespace DataMesh.Core.Expressions.Functions;

internal static class PatternFunctions
{
    public static FunctionDescription[] All { get; } = [];
}
