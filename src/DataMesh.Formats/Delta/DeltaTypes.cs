using System.Text.Json.Nodes;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;

namespace DataMesh.Formats.Delta;

/// <summary>This program's types and Delta's.</summary>
public static class DeltaTypes
{
    /// <summary>The Delta type that values of a type are written as.</summary>
    public static string Name(DataType type) => type.Kind switch
    {
        TypeKind.Bool => "boolean",
        TypeKind.Int64 => "long",
        TypeKind.Float64 => "double",
        TypeKind.Decimal => $"decimal({type.Precision},{type.Scale})",
        TypeKind.String or TypeKind.Json => "string",
        TypeKind.Date => "date",
        TypeKind.Timestamp => "timestamp",
        TypeKind.Binary => "binary",
        _ => throw new DataMeshException($"A column of type {type} can not be part of a table.", hint: "cast it to another type or drop it"),
    };

    /// <summary>The type in which a Delta column is read; null for nested and unknown types.</summary>
    public static DataType? Read(JsonNode declared, JsonObject metadata)
    {
        if (declared is JsonObject) return null;
        var name = declared.ToString();
        return name switch
        {
            "string" => metadata[PropertyNames.ColumnType]?.ToString() == "json" ? DataType.Json : DataType.String,
            "long" or "integer" or "short" or "byte" => DataType.Int64,
            "double" or "float" => DataType.Float64,
            "boolean" => DataType.Bool,
            "date" => DataType.Date,
            "timestamp" or "timestamp_ntz" => DataType.Timestamp,
            "binary" => DataType.Binary,
            "void" => DataType.Null,
            _ => name.StartsWith("decimal", StringComparison.Ordinal) && DataType.TryParse(name, out var type) ? type : null,
        };
    }
}
