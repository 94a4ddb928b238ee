using System.Text.Json.Nodes;

namespace DataMesh.Formats.Delta;

/// <summary>The <c>remove</c> action: a file that is no longer part of the table.</summary>
/// <param name="Path">As logged.</param>
/// <param name="DeletionTimestampMs">When it was removed; null counts as long ago.</param>
/// <param name="DataChange">False when its rows live on in other files of the same commit.</param>
public sealed record RemoveFile(string Path, long? DeletionTimestampMs, bool DataChange)
{
    /// <summary>Partition values, when logged.</summary>
    public IReadOnlyDictionary<string, string?>? PartitionValues { get; init; }

    /// <summary>Size, when logged.</summary>
    public long? Size { get; init; }

    /// <summary>The deletion vector's descriptor, or null.</summary>
    public JsonObject? DeletionVector { get; init; }

    /// <summary>What tells this logical file from others.</summary>
    public FileKey Key => FileKey.Of(Path, DeletionVector);

    /// <summary>The tombstone of a live file.</summary>
    public static RemoveFile Of(AddFile file, long timeMs) => new(file.Path, timeMs, DataChange: true)
    {
        PartitionValues = file.PartitionValues,
        Size = file.Size,
        DeletionVector = file.DeletionVector,
    };
}
