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

    /// <summary>Table properties that are set in an existing table too.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Table properties for a new table.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// What a table's metadata have otherwise than declared here, each as name, value there and value here. Options that are not declared do not differ.
    /// </summary>
    public IReadOnlyList<(string Option, string? There, string Here)> DifferencesFrom(TableMetadata metadata)
    {
        var differences = new List<(string, string?, string)>();
        if (Name is not null && Name != metadata.Name) differences.Add(("name", metadata.Name, Name));
        if (Description is not null && Description != metadata.Description) differences.Add(("description", metadata.Description, Description));
        if (PartitionBy.Count > 0 && !PartitionBy.SequenceEqual(metadata.PartitionColumns, StringComparer.OrdinalIgnoreCase))
            differences.Add(("partition_by", string.Join(", ", metadata.PartitionColumns), string.Join(", ", PartitionBy)));
        foreach (var (property, value) in Properties)
            if (metadata.Configuration.GetValueOrDefault(property) is var there && there != value) differences.Add(($"property '{property}'", there, value));
        return differences;
    }

    /// <summary>The metadata with what is declared here; the very same object when nothing differs.</summary>
    internal TableMetadata ApplyTo(TableMetadata metadata)
    {
        if (DifferencesFrom(metadata).Count == 0) return metadata;
        // The layout of the rows has the say on partition columns.
        var configuration = new Dictionary<string, string>(metadata.Configuration, StringComparer.Ordinal);
        foreach (var (property, value) in Properties) configuration[property] = value;
        return metadata with { Name = Name ?? metadata.Name, Description = Description ?? metadata.Description, Configuration = configuration };
    }
}
