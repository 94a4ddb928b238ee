using System.Text.Json.Nodes;

namespace DataMesh.Formats.Delta;

/// <summary>The <c>metaData</c> action.</summary>
/// <param name="Id">The table's GUID.</param>
/// <param name="Name">Its name, or null.</param>
/// <param name="Description">What it holds, or null.</param>
/// <param name="Provider">Format of the data files: parquet.</param>
/// <param name="Schema">The columns.</param>
/// <param name="PartitionColumns">Display names of the partition columns, in folder order.</param>
/// <param name="CreatedTimeMs">Milliseconds since 1970, or null.</param>
/// <param name="Configuration">Table properties.</param>
public sealed record TableMetadata(
    string Id,
    string? Name,
    string? Description,
    string Provider,
    DeltaSchema Schema,
    IReadOnlyList<string> PartitionColumns,
    long? CreatedTimeMs,
    IReadOnlyDictionary<string, string> Configuration)
{
    /// <summary>Options of the format, as they were read.</summary>
    public JsonObject? FormatOptions { get; init; }

    /// <summary><c>none</c>, <c>name</c> or <c>id</c>.</summary>
    public string ColumnMapping => Configuration.GetValueOrDefault(PropertyNames.ColumnMappingMode, "none");
}
