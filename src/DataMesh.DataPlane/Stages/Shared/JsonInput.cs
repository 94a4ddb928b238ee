using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>The column of JSON text that a stage unpacks.</summary>
internal static class JsonInput
{
    /// <summary>The position of the column, -1 when it was pruned. Throws when it holds no JSON.</summary>
    public static int Find(string name, Schema input, ComponentContext context, Location? location)
    {
        var at = context.ColumnsArePruned ? input.IndexOf(name) : input.Require(name, location);
        if (at < 0 || input[at].Type.Kind is TypeKind.Json or TypeKind.String or TypeKind.Null) return at;
        throw new DataMeshException($"The column '{input[at].Name}' is {input[at].Type} and holds no JSON.", location, hint: "name a column of type json or string");
    }
}
