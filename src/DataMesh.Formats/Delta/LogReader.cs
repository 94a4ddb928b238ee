using System.Text.Json;
using System.Text.Json.Nodes;
using DataMesh.Core.Errors;

namespace DataMesh.Formats.Delta;

/// <summary>Reads log entries and checkpoints as actions.</summary>
internal static class LogReader
{
    /// <summary>The actions of a JSON entry (or of a JSON checkpoint).</summary>
    public static IEnumerable<JsonObject> ReadEntry(string path)
    {
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            yield return Parse(line, new Location(path, number));
        }
    }

    /// <summary>The state of the table at <paramref name="version"/>, from the newest usable checkpoint and the entries after it.</summary>
    public static LogState Replay(string table, LogFolder folder, long version)
    {
        Exception? cause = null;
        foreach (var checkpoint in folder.Checkpoints.Where(each => each.Version <= version && HasTail(folder, each.Version, version)))
        {
            try
            {
                var state = new LogState();
                foreach (var action in CheckpointReader.Read(table, checkpoint)) state.Apply(action);
                return Continue(state, table, checkpoint.Version, version);
            }
            catch (Exception broken) when (broken is DataMeshException or IOException)
            {
                // A damaged checkpoint is no loss as long as an older one, or the whole log, is there.
                cause ??= broken;
            }
        }

        if (HasTail(folder, -1, version)) return Continue(new LogState(), table, -1, version);
        throw Gap(table, folder, version, cause);
    }

    /// <summary>Applies the entries after <paramref name="from"/> up to <paramref name="to"/>.</summary>
    public static LogState Continue(LogState state, string table, long from, long to)
    {
        for (var version = from + 1; version <= to; version++)
            foreach (var action in ReadEntry(LogFolder.EntryPath(table, version))) state.Apply(action);
        return state;
    }

    private static bool HasTail(LogFolder folder, long from, long to)
    {
        if (folder.Entries.Count == 0) return from == to;
        return to == from || folder.Entries.GetViewBetween(from + 1, to).Count == to - from;
    }

    private static DataMeshException Gap(string table, LogFolder folder, long version, Exception? cause)
    {
        if (cause is DataMeshException broken) return new($"The log of '{table}' can not be read: {broken.Message}", broken.Location, broken.Detail, broken.Hint, broken);
        var missing = version;
        while (missing >= 0 && folder.Entries.Contains(missing)) missing--;
        return new($"Version {version} of '{table}' can not be read: log entry {missing} is missing and no checkpoint covers it.", new Location(LogFolder.Of(table)),
            hint: "an older version may have been cleaned up; otherwise restore the log from a backup");
    }

    private static JsonObject Parse(string line, Location location)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject ?? throw new DataMeshException("A log entry holds something that is not a JSON object.", location);
        }
        catch (JsonException broken)
        {
            throw new DataMeshException("A log entry is not valid JSON.", location, broken.Message, "the table's log was changed or truncated from outside", broken);
        }
    }
}
