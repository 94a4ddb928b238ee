namespace DataMesh.Core.Expressions.Functions;

internal static class TextFunctions
{
    public static FunctionDescription[] All { get; } = [];
}
