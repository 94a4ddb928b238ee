using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.Core.Expressions;

/// <summary>Writes the names of columns into expressions.</summary>
public static class ExpressionNames
{
    /// <summary>The name, in double quotes where an expression would read it otherwise.</summary>
    public static string Quote(string name) => IsPlain(name) ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static bool IsPlain(string name)
    {
        try
        {
            return ExpressionParser.Parse(new ExpressionText(name, null)) is ColumnSyntax column && column.Name == name;
        }
        catch (DataMeshException)
        {
            return false;
        }
    }
}
