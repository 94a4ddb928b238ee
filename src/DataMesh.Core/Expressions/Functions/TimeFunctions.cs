namespace DataMesh.Core.Expressions.Functions;

internal static class TimeFunctions
{
    public static FunctionDescription[] All { get; } = [];
}
