namespace DataMesh.Connectors.Datasets;

/// <summary>The values of a partition, serialised as the log writes them. Equal by value.</summary>
internal sealed class PartitionKey(string?[] values) : IEquatable<PartitionKey>
{
    /// <summary>The key of a table without partitions.</summary>
    public static PartitionKey None { get; } = new([]);

    /// <summary>One value per partition column.</summary>
    public IReadOnlyList<string?> Values { get; } = values;

    /// <inheritdoc/>
    public bool Equals(PartitionKey? other) => other is not null && Values.SequenceEqual(other.Values, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PartitionKey);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var value in Values) hash.Add(value, StringComparer.Ordinal);
        return hash.ToHashCode();
    }
}
