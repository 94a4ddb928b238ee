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
    /// <summary>The metadata of a table that does not exist yet.</summary>
    public static TableMetadata Empty { get; } = new("", null, null, "parquet", new DeltaSchema([]), [], null, new Dictionary<string, string>());

    /// <summary>Options of the format, as they were read.</summary>
    public JsonObject? FormatOptions { get; init; }

    /// <summary>The metadata with these properties; the very same object when it has them.</summary>
    internal TableMetadata With(IReadOnlyDictionary<string, string> properties)
    {
        if (properties.All(each => Configuration.GetValueOrDefault(each.Key) == each.Value)) return this;
        var configuration = new Dictionary<string, string>(Configuration, StringComparer.Ordinal);
        foreach (var (name, value) in properties) configuration[name] = value;
        return this with { Configuration = configuration };
    }

    /// <summary><c>none</c>, <c>name</c> or <c>id</c>.</summary>
    public string ColumnMapping => Configuration.GetValueOrDefault(PropertyNames.ColumnMappingMode, "none");
}
