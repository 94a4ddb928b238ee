using System.Globalization;

namespace DataMesh.Formats.Delta;

/// <summary>
/// The files of a table's log by version. The folder is listed as a whole: <c>_last_checkpoint</c> is only a hint, may be stale or
/// broken, and is not needed for that.
/// </summary>
public sealed class LogFolder
{
    private LogFolder(SortedSet<long> entries, List<CheckpointFiles> checkpoints)
    {
        Entries = entries;
        Checkpoints = checkpoints;
    }

    /// <summary>Versions that have a JSON entry.</summary>
    public SortedSet<long> Entries { get; }

    /// <summary>Complete checkpoints, newest first.</summary>
    public IReadOnlyList<CheckpointFiles> Checkpoints { get; }

    /// <summary>The newest version, or -1 when there is no log.</summary>
    public long Latest => Math.Max(Entries.Count > 0 ? Entries.Max : -1, Checkpoints.Count > 0 ? Checkpoints[0].Version : -1);

    /// <summary>The folder of a table's log.</summary>
    public static string Of(string table) => Path.Combine(table, "_delta_log");

    /// <summary>The JSON entry of a version.</summary>
    public static string EntryPath(string table, long version) => Path.Combine(Of(table), Digits(version) + ".json");

    /// <summary>The classic checkpoint of a version.</summary>
    public static string CheckpointPath(string table, long version) => Path.Combine(Of(table), Digits(version) + ".checkpoint.parquet");

    /// <summary>Lists the log; empty when there is none.</summary>
    public static LogFolder List(string table)
    {
        var entries = new SortedSet<long>();
        var parts = new List<CheckpointPart>();
        if (Directory.Exists(Of(table)))
        {
            foreach (var path in Directory.EnumerateFiles(Of(table)))
            {
                var name = Path.GetFileName(path);
                if (name.Length < 25 || name[20] != '.' || !long.TryParse(name.AsSpan(0, 20), NumberStyles.None, CultureInfo.InvariantCulture, out var version)) continue;
                if (name.Length == 25 && name.EndsWith(".json", StringComparison.Ordinal)) entries.Add(version);
                else if (CheckpointPart.Parse(path, name, version) is { } part) parts.Add(part);
            }
        }

        return new LogFolder(entries, CheckpointFiles.Complete(parts));
    }

    private static string Digits(long version) => version.ToString("D20", CultureInfo.InvariantCulture);
}
