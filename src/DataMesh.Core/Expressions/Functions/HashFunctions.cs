namespace DataMesh.Core.Expressions.Functions;

internal static class HashFunctions
{
    public static FunctionDescription[] All { get; } = [];
}
