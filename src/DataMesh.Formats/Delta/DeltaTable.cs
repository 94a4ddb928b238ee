using System.Text.Json.Nodes;
using DataMesh.Core.Errors;

namespace DataMesh.Formats.Delta;

/// <summary>
/// A Delta Lake table on disk. <see cref="Current"/> is the state of the last <see cref="Refresh"/>; refreshing reads only what is new.
/// One caller at a time.
/// </summary>
public sealed class DeltaTable
{
    private DeltaSnapshot? _current;
    private (long Length, DateTime Written) _stamp;

    private DeltaTable(string path) => Path = System.IO.Path.GetFullPath(path);

    /// <summary>Absolute folder.</summary>
    public string Path { get; }

    /// <summary>The newest version that was read, or null when there is no table (yet).</summary>
    public DeltaSnapshot? Current => _current;

    /// <summary>Whether a folder holds a table.</summary>
    public static bool Exists(string path) => LogFolder.List(path).Latest >= 0;

    /// <summary>A table that may not exist yet.</summary>
    public static DeltaTable At(string path)
    {
        var table = new DeltaTable(path);
        table.Refresh();
        return table;
    }

    /// <summary>The newest version of a table. Throws when there is none.</summary>
    public static DeltaSnapshot Open(string path) => At(path).Current ?? throw Missing(path);

    /// <summary>A table as it was at a version. Throws when that version is gone or was never there.</summary>
    public static DeltaSnapshot Open(string path, long version)
    {
        path = System.IO.Path.GetFullPath(path);
        var folder = LogFolder.List(path);
        if (folder.Latest < 0) throw Missing(path);
        if (version < 0 || version > folder.Latest)
            throw new DataMeshException($"There is no version {version} of '{path}'.", hint: $"the newest version is {folder.Latest}");
        return Snapshot(path, version, LogReader.Replay(path, folder, version));
    }

    /// <summary>Reads what is new in the log and returns the newest version, or null when there is no table.</summary>
    public DeltaSnapshot? Refresh()
    {
        var folder = LogFolder.List(Path);
        var latest = folder.Latest;
        if (latest < 0) return _current = null;
        if (_current is not null && CanContinue(folder, latest))
        {
            if (latest == _current.Version) return _current;
            _current = Snapshot(Path, latest, LogReader.Continue(new LogState(_current.State), Path, _current.Version, latest));
        }
        else
        {
            _current = Snapshot(Path, latest, LogReader.Replay(Path, folder, latest));
        }

        _stamp = Stamp(latest);
        return _current;
    }

    /// <summary>What was done to a table, newest first, as far back as log entries are kept.</summary>
    public static IEnumerable<HistoryEntry> History(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        var folder = LogFolder.List(path);
        if (folder.Latest < 0) throw Missing(path);
        return folder.Entries.Reverse().Select(version => HistoryEntry.Read(path, version));
    }

    /// <summary>The version whose entry moved <paramref name="appId"/> to <paramref name="epoch"/>, or null when it was cleaned up.</summary>
    internal static long? FindVersion(string path, string appId, long epoch)
    {
        foreach (var version in LogFolder.List(path).Entries.Reverse())
        {
            foreach (var action in LogReader.ReadEntry(LogFolder.EntryPath(path, version)))
            {
                if (action["txn"] is JsonObject json && ActionJson.ReadTransaction(json) is var mark && mark.AppId == appId && mark.Version == epoch) return version;
            }
        }

        return null;
    }

    /// <summary>Whether the state in memory is a prefix of the log on disk: the folder may have been replaced by another table.</summary>
    private bool CanContinue(LogFolder folder, long latest) =>
        latest >= _current!.Version
        && folder.Entries.Contains(_current.Version)
        && Stamp(_current.Version) == _stamp
        && (latest == _current.Version || folder.Entries.GetViewBetween(_current.Version + 1, latest).Count == latest - _current.Version);

    private (long, DateTime) Stamp(long version)
    {
        var file = new FileInfo(LogFolder.EntryPath(Path, version));
        return file.Exists ? (file.Length, file.LastWriteTimeUtc) : default;
    }

    private static DeltaSnapshot Snapshot(string path, long version, LogState state)
    {
        if (state.Protocol is null) throw Incomplete(path, version, "protocol");
        ProtocolSupport.RequireReadable(state.Protocol, path);
        if (state.Metadata is null) throw Incomplete(path, version, "metaData");
        return new DeltaSnapshot(path, version, state);
    }

    private static DataMeshException Incomplete(string path, long version, string action) =>
        new($"The log of '{path}' has no {action} action up to version {version}.", new Location(LogFolder.Of(path)), hint: "the log is damaged: restore it from a backup");

    private static DataMeshException Missing(string path) =>
        new($"There is no table in '{path}'.", hint: "a dataset's folder holds a folder named _delta_log");
}
