namespace DataMesh.Formats.Delta;

/// <summary>What a pipeline declares about its table.</summary>
public sealed record TableOptions
{
    /// <summary>Name in the metadata of a new table.</summary>
    public string? Name { get; init; }

    /// <summary>Description in the metadata.</summary>
    public string? Description { get; init; }

    /// <summary>Partition columns; empty takes those of the table.</summary>
    public IReadOnlyList<string> PartitionBy { get; init; } = [];

    /// <summary>Columns of which no two rows of the table share the values; empty when rows are only added.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>Table properties for a new table.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();
}
