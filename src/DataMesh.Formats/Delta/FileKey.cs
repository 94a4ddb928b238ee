using System.Text.Json.Nodes;

namespace DataMesh.Formats.Delta;

/// <summary>Identity of a logical file: decoded path and deletion vector id (null without one).</summary>
public readonly record struct FileKey(string Path, string? DeletionVectorId)
{
    /// <summary>The key of a path as logged and its deletion vector.</summary>
    public static FileKey Of(string loggedPath, JsonObject? vector) => new(DeltaPath.Decode(loggedPath), VectorId(vector));

    private static string? VectorId(JsonObject? vector)
    {
        if (vector is null) return null;
        var id = $"{vector["storageType"]}{vector["pathOrInlineDv"]}";
        return vector["offset"] is { } offset ? $"{id}@{offset}" : id;
    }
}
