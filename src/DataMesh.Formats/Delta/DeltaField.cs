using System.Text.Json.Nodes;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Delta;

/// <summary>A top-level column of a table as its metadata declares it.</summary>
/// <param name="Name">Display name.</param>
/// <param name="DeclaredType">The Delta type: a name in JSON, or an object for nested types. Kept as it was read.</param>
/// <param name="Nullable">Whether nulls are allowed.</param>
/// <param name="Metadata">Column metadata, kept as it was read.</param>
public sealed record DeltaField(string Name, JsonNode DeclaredType, bool Nullable, JsonObject Metadata)
{
    /// <summary>The type in this program, or null for a nested type or one that is unknown.</summary>
    public DataType? Type { get; } = DeltaTypes.Read(DeclaredType, Metadata);

    /// <summary>Whether this program writes values of exactly the declared type; it reads more than it writes.</summary>
    public bool IsWritable => Type is { } type && DeltaTypes.Name(type) == DeclaredType.ToString();

    /// <summary>Name of the column in data files, statistics and partition values.</summary>
    public string PhysicalName => Metadata[PropertyNames.ColumnMappingPhysicalName]?.ToString() ?? Name;

    /// <summary>Column id of column mapping, or null without it.</summary>
    public int? Id => (int?)Metadata[PropertyNames.ColumnMappingId]?.GetValue<long>();

    /// <summary>A new nullable column of one of this program's types.</summary>
    public static DeltaField Create(string name, DataType type)
    {
        var metadata = new JsonObject();
        if (type.Kind == TypeKind.Json) metadata[PropertyNames.ColumnType] = "json";
        return new DeltaField(name, JsonValue.Create(DeltaTypes.Name(type)), true, metadata);
    }

    /// <summary>The same column with another type.</summary>
    public DeltaField Retyped(DataType type) => new(Name, JsonValue.Create(DeltaTypes.Name(type)), Nullable, (JsonObject)Metadata.DeepClone());

    /// <summary>The same column with an id and a physical name.</summary>
    public DeltaField WithMapping(int id, string physicalName)
    {
        var metadata = (JsonObject)Metadata.DeepClone();
        metadata[PropertyNames.ColumnMappingId] = (long)id;
        metadata[PropertyNames.ColumnMappingPhysicalName] = physicalName;
        return this with { Metadata = metadata };
    }
}
