using DataMesh.Core.Columns;

namespace DataMesh.Core.Expressions;

/// <summary>Which casts exist.</summary>
public static class Casting
{
    /// <summary>Whether values of <paramref name="from"/> can be cast to <paramref name="target"/> (some may still fail).</summary>
    public static bool IsPossible(DataType from, DataType target)
    {
        if (from.Kind == TypeKind.Null || from.Kind == target.Kind || target.Kind is TypeKind.String) return target.Kind != TypeKind.Null || from.Kind == TypeKind.Null;
        return (from.Kind, target.Kind) switch
        {
            (TypeKind.String or TypeKind.Json, not TypeKind.Null) => true,
            (_, TypeKind.Json) => from.Kind != TypeKind.Binary,
            (TypeKind.Bool, TypeKind.Int64 or TypeKind.Float64 or TypeKind.Decimal) => true,
            (TypeKind.Int64 or TypeKind.Float64 or TypeKind.Decimal, TypeKind.Bool or TypeKind.Int64 or TypeKind.Float64 or TypeKind.Decimal) => true,
            (TypeKind.Date, TypeKind.Timestamp) or (TypeKind.Timestamp, TypeKind.Date) => true,
            _ => false,
        };
    }
}
