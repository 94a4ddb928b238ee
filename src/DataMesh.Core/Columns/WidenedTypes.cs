namespace DataMesh.Core.Columns;

/// <summary>How the columns of a table widen whose files are written again: as while types are inferred, but that single values do not become JSON.</summary>
public static class WidenedTypes
{
    /// <summary>The smallest type that holds both.</summary>
    public static DataType Join(DataType there, DataType wanted)
    {
        if (wanted == DataType.Json) wanted = DataType.String;
        if (there == DataType.Json || there.Kind == TypeKind.Binary) return there;
        return TypeLattice.Join(there, wanted);
    }
}
