namespace DataMesh.Core.Expressions.Functions;

internal static class JsonFunctions
{
    public static FunctionDescription[] All { get; } = [];
}
