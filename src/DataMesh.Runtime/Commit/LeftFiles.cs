using DataMesh.Core.Errors;
using DataMesh.Core.Storage;
using DataMesh.Formats.Delta;

namespace DataMesh.Runtime.Commit;

/// <summary>What a clean-up beside a table found.</summary>
/// <param name="Files">Files that were deleted, or would be, relative to the table.</param>
/// <param name="Bytes">Their size in all.</param>
/// <param name="LeftAlone">Why all of them stay although some are old; null when the accounts could be read.</param>
public sealed record LeftResult(IReadOnlyList<string> Files, long Bytes, string? LeftAlone = null);

/// <summary>
/// Files of the runtime beside a table (quarantine parts, state, manifests, indices) that no committed or prepared epoch names: what killed runs
/// staged, and what replaced epochs left. Where anything can not be read, nothing counts as left.
/// </summary>
public static class LeftFiles
{
    private static readonly TimeSpan TemporaryAge = TimeSpan.FromDays(1);

    private static readonly (string Folder, string Pattern)[] Places =
    [
        ("_quarantine", "part-*.parquet"), ("_datamesh/state", "*.state"), ("_datamesh/manifests", "*.json"), ("_datamesh/manifests", "*.finished"),
    ];

    private static readonly string[] Folders = ["_quarantine", "_datamesh/state", "_datamesh/manifests", "_datamesh/prepared", "_datamesh/prepared-by"];

    /// <summary>
    /// Deletes those that are older than <paramref name="cutoff"/>, or only names them. Listed are first the files, then prepared epochs, then the log, so
    /// that an epoch that is committed in between is met in one of the two.
    /// </summary>
    public static LeftResult Clean(string table, DateTimeOffset cutoff, bool dryRun, TimeProvider clock)
    {
        table = Path.GetFullPath(table);
        var abandoned = clock.GetUtcNow() - TemporaryAge;
        var left = Folders.SelectMany(folder => List(table, folder, DurableFiles.TemporaryPrefix + "*"))
            .Where(file => file.LastWriteTimeUtc < cutoff && file.LastWriteTimeUtc < abandoned).ToList();
        var candidates = Places.SelectMany(place => List(table, place.Folder, place.Pattern)).Where(file => file.LastWriteTimeUtc < cutoff && !file.Name.StartsWith('.')).ToList();
        string? leftAlone = null;
        if (candidates.Count > 0)
        {
            try
            {
                var named = new NamedFiles(table, cutoff);
                named.AddPrepared();
                named.AddCommitted(DeltaTable.Open(table));
                named.AddUnsure();
                left.AddRange(candidates.Where(named.IsLeft));
            }
            catch (Exception error) when (error is DataMeshException or IOException or System.Text.Json.JsonException or UnauthorizedAccessException)
            {
                leftAlone = (error as DataMeshException)?.Location is { } at ? $"{at}: {error.Message}" : error.Message;
            }
        }

        var bytes = left.Sum(file => file.Length);
        if (!dryRun) left.ForEach(file => file.Delete());
        return new LeftResult([.. left.Select(file => Path.GetRelativePath(table, file.FullName).Replace('\\', '/'))], bytes, leftAlone);
    }

    /// <summary>The files of a folder beside the table; none when it is a link, which may lead out of the table.</summary>
    internal static IReadOnlyList<FileInfo> List(string table, string folder, string pattern)
    {
        var directory = new DirectoryInfo(Path.Combine(table, folder));
        return directory.Exists && directory.LinkTarget is null ? [.. directory.EnumerateFiles(pattern).Where(file => file.LinkTarget is null)] : [];
    }
}
