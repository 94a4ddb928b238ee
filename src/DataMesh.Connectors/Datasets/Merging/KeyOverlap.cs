using System.Text.Json;
using DataMesh.Core.Columns;
using DataMesh.Formats.Delta;

namespace DataMesh.Connectors.Datasets.Merging;

/// <summary>
/// Rules files out that can not hold a key of the epoch: by their partition values, and by the smallest and largest values of the key columns that the
/// log keeps. Whatever the log does not tell rules nothing out.
/// </summary>
internal sealed class KeyOverlap
{
    private readonly (Field Field, string PhysicalName, bool IsPartition)[] _columns;
    private readonly List<FileBounds[]> _staged;

    public KeyOverlap(TableMetadata metadata, IReadOnlyList<string> key, IEnumerable<AddFile> upserts, IEnumerable<AddFile> deletions)
    {
        var physical = metadata.Schema.Columns().ToDictionary(column => column.Field.Name, column => column, StringComparer.OrdinalIgnoreCase);
        _columns = [.. key.Select(name => (physical[name].Field, physical[name].PhysicalName, metadata.PartitionColumns.Contains(name, StringComparer.OrdinalIgnoreCase)))];
        _staged = [.. upserts.Select(file => Bounds(file, isDeletion: false)), .. deletions.Select(file => Bounds(file, isDeletion: true))];
    }

    /// <summary>Whether a live file can hold a key that a staged file holds.</summary>
    public bool MayHold(AddFile file)
    {
        var bounds = Bounds(file, isDeletion: false);
        return _staged.Exists(staged => !Enumerable.Range(0, bounds.Length).Any(i => !staged[i].Overlaps(bounds[i])));
    }

    private FileBounds[] Bounds(AddFile file, bool isDeletion)
    {
        using var statistics = file.Statistics is { } text ? JsonDocument.Parse(text) : null;
        return Array.ConvertAll(_columns, column => column.IsPartition
            ? isDeletion ? FileBounds.Unknown : FileBounds.OfPartition(file.PartitionValues.GetValueOrDefault(column.PhysicalName), column.Field.Type)
            : statistics is null ? FileBounds.Unknown : FileBounds.Of(statistics.RootElement, column.Field.Type, column.PhysicalName));
    }
}
