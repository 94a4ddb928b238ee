namespace DataMesh.Core.Columns;

/// <summary>
/// How types widen while a schema is inferred: null below everything; int64 below float64 (the decoder keeps that only while every integer is exact,
/// up to 2^53, else string); date below timestamp; scalars that disagree join to string; json joins with anything nested.
/// </summary>
public static class TypeLattice
{
    /// <summary>The smallest type that holds both.</summary>
    public static DataType Join(DataType a, DataType b)
    {
        if (a == b || b.Kind == TypeKind.Null) return a;
        if (a.Kind == TypeKind.Null) return b;
        if (a.Kind == TypeKind.Json || b.Kind == TypeKind.Json) return DataType.Json;
        return (a.Kind, b.Kind) switch
        {
            (TypeKind.Int64, TypeKind.Float64) or (TypeKind.Float64, TypeKind.Int64) => DataType.Float64,
            (TypeKind.Date, TypeKind.Timestamp) or (TypeKind.Timestamp, TypeKind.Date) => DataType.Timestamp,
            _ => DataType.String,
        };
    }
}
