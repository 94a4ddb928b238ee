using DataMesh.Formats.Delta;

namespace DataMesh.Connectors.Datasets.Rewriting;

/// <summary>What to compact.</summary>
public sealed record CompactionOptions
{
    /// <summary>Size that files should have.</summary>
    public long TargetBytes { get; init; } = Core.Limits.DataFileBytes;

    /// <summary>Files are put together when there are at least so many.</summary>
    public int FilesMin { get; init; } = 2;

    /// <summary>Only partitions with these values, by partition column; null for a null.</summary>
    public IReadOnlyDictionary<string, string?> Where { get; init; } = new Dictionary<string, string?>();
}

/// <summary>Files of one partition that will become one.</summary>
/// <param name="Files">The files, in the order of the log.</param>
public sealed record CompactionGroup(IReadOnlyList<AddFile> Files)
{
    /// <summary>Their size.</summary>
    public long Bytes => Files.Sum(file => file.Size);
}

/// <summary>Finds the small files of a table.</summary>
public static class CompactionPlan
{
    /// <summary>
    /// Groups small files of each partition, neighbours in the log first, up to the target size. A file of three quarters of it counts as large
    /// enough: otherwise the same rows would be written again and again.
    /// </summary>
    public static IReadOnlyList<CompactionGroup> Make(DeltaSnapshot snapshot, CompactionOptions options)
    {
        var groups = new List<CompactionGroup>();
        var small = snapshot.Files.Where(file => file.Size < options.TargetBytes / 4 * 3 && Matches(snapshot, file, options));
        foreach (var partition in small.GroupBy(file => string.Join('\n', file.PartitionValues.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => $"{each.Key}={each.Value}"))))
        {
            var (group, bytes) = (new List<AddFile>(), 0L);
            foreach (var file in partition)
            {
                if (bytes + file.Size > options.TargetBytes) Close();
                group.Add(file);
                bytes += file.Size;
            }

            Close();

            void Close()
            {
                if (group.Count >= Math.Max(2, options.FilesMin)) groups.Add(new CompactionGroup(group));
                (group, bytes) = ([], 0);
            }
        }

        return groups;
    }

    private static bool Matches(DeltaSnapshot snapshot, AddFile file, CompactionOptions options) => options.Where.All(each =>
        file.PartitionValues.GetValueOrDefault(snapshot.Metadata.Schema.Find(each.Key)!.PhysicalName) is var value
        && (string.IsNullOrEmpty(value) ? each.Value is null : value == each.Value));
}
