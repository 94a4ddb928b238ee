using System.Text.Json.Nodes;

namespace DataMesh.Formats.Delta;

/// <summary>The <c>add</c> action: a data file of the table.</summary>
/// <param name="Path">As logged: percent-encoded, relative to the table or absolute.</param>
/// <param name="PartitionValues">Serialised partition values by physical column name; null for null.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModificationTimeMs">Milliseconds since 1970.</param>
/// <param name="DataChange">False when the file only rearranges rows.</param>
/// <param name="Statistics">Statistics as JSON, or null.</param>
public sealed record AddFile(string Path, IReadOnlyDictionary<string, string?> PartitionValues, long Size, long ModificationTimeMs, bool DataChange, string? Statistics)
{
    /// <summary>Tags, or null.</summary>
    public IReadOnlyDictionary<string, string?>? Tags { get; init; }

    /// <summary>Whether an upsert wrote the file to keep rows that were there before, and not to bring new ones.</summary>
    public bool IsRewritten => Tags?.ContainsKey(PropertyNames.RewrittenTag) ?? false;

    /// <summary>The deletion vector's descriptor, or null.</summary>
    public JsonObject? DeletionVector { get; init; }

    /// <summary>Row tracking: id of the first row.</summary>
    public long? BaseRowId { get; init; }

    /// <summary>Row tracking: version that first added the file.</summary>
    public long? DefaultRowCommitVersion { get; init; }

    /// <summary>What tells this logical file from others: its decoded path and its deletion vector.</summary>
    public FileKey Key => FileKey.Of(Path, DeletionVector);

    /// <summary>Rows as the statistics say, or null when they do not.</summary>
    public long? Rows => Statistics is null ? null : FileStatistics.ReadRowCount(Statistics);
}
