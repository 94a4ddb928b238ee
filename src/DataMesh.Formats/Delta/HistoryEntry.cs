using System.Globalization;
using System.Text.Json.Nodes;

namespace DataMesh.Formats.Delta;

/// <summary>What one version did.</summary>
/// <param name="Version">The version.</param>
/// <param name="TimeMs">When, in milliseconds since 1970: as the commit says, or when its file was written.</param>
/// <param name="Operation">What was done, as the writer named it; empty when it did not say.</param>
/// <param name="Mode">How it wrote, as <c>Append</c> or <c>Overwrite</c>; null when the writer did not say.</param>
/// <param name="Engine">Who did it, or null.</param>
/// <param name="FilesAdded">Files added.</param>
/// <param name="FilesRemoved">Files removed.</param>
/// <param name="RowsAdded">Rows that came, as far as the files' statistics say: not those that only moved to other files.</param>
/// <param name="BytesAdded">Bytes of the added files.</param>
/// <param name="CommitInfo">All that the commit says of itself, or null.</param>
public sealed record HistoryEntry(
    long Version, long TimeMs, string Operation, string? Mode, string? Engine, int FilesAdded, int FilesRemoved, long RowsAdded, long BytesAdded, JsonObject? CommitInfo)
{
    /// <summary>Rows that took the place of others with the same key, or null when the commit does not say.</summary>
    public long? RowsUpdated => Metric("numTargetRowsUpdated");

    /// <summary>Rows that were deleted, or null when the commit does not say.</summary>
    public long? RowsDeleted => Metric("numTargetRowsDeleted") ?? Metric("numDeletedRows");

    internal static HistoryEntry Read(string table, long version)
    {
        var path = LogFolder.EntryPath(table, version);
        JsonObject? info = null;
        var (added, removed, rows, bytes) = (0, 0, 0L, 0L);
        foreach (var action in LogReader.ReadEntry(path))
        {
            info ??= action["commitInfo"] as JsonObject;
            if (action["remove"] is not null) removed++;
            if (action["add"] is not JsonObject json) continue;
            var file = ActionJson.ReadAdd(json);
            added++;
            if (file.DataChange && !file.IsRewritten) rows += file.Rows ?? 0;
            bytes += file.Size;
        }

        var time = info?["timestamp"] is JsonValue value && value.TryGetValue(out long stated) ? stated : new DateTimeOffset(File.GetLastWriteTimeUtc(path)).ToUnixTimeMilliseconds();
        return new HistoryEntry(version, time, info?["operation"]?.ToString() ?? "", ModeOf(info), info?["engineInfo"]?.ToString(), added, removed, rows, bytes, info);
    }

    private long? Metric(string name) =>
        long.TryParse((CommitInfo?["operationMetrics"] as JsonObject)?[name]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var rows) ? rows : null;

    private static string? ModeOf(JsonObject? info) => (info?["operationParameters"] as JsonObject)?["mode"]?.ToString();
}
