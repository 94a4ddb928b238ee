namespace DataMesh.Core.Expressions.Functions;

internal static class OperatorDeclarations
{
    public static FunctionDescription[] All { get; } = [];
}
