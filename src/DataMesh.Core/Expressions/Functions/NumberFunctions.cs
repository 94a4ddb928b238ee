namespace DataMesh.Core.Expressions.Functions;

internal static class NumberFunctions
{
    public static FunctionDescription[] All { get; } = [];
}
