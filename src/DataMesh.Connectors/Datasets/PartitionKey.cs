namespace DataMesh.Connectors.Datasets;

/// <summary>The values of a partition, serialised as the log writes them. Equal by value.</summary>
internal sealed class PartitionKey(string?[] values, bool isDeletions = false) : IEquatable<PartitionKey>
{
    /// <summary>The key of a table without partitions.</summary>
    public static PartitionKey None { get; } = new([]);

    /// <summary>Stands for the keys of rows to delete, which lie in files of their own.</summary>
    public static PartitionKey Deletions { get; } = new([], isDeletions: true);

    /// <summary>Whether these are keys of rows to delete.</summary>
    public bool IsDeletions { get; } = isDeletions;

    /// <summary>One value per partition column.</summary>
    public IReadOnlyList<string?> Values { get; } = values;

    /// <inheritdoc/>
    public bool Equals(PartitionKey? other) => other is not null && IsDeletions == other.IsDeletions && Values.SequenceEqual(other.Values, StringComparer.Ordinal);

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
