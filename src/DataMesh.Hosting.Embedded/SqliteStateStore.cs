using DataMesh.ControlPlane.Grains;
using DataMesh.Core.Errors;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Embedded;

/// <summary>Grain state in one SQLite file. It is a convenience: the tables outrank it, and deleting it loses nothing.</summary>
public sealed class SqliteStateStore : IGrainStateStore, IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly Lock _lock = new();

    /// <summary>What a full disk would not take. The tables outrank this state: a run goes on, and says itself when the tables need space too.</summary>
    private readonly Dictionary<GrainId, StoredState> _unsaved = [];

    /// <summary>Opens or creates the file.</summary>
    public SqliteStateStore(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            _database = new SqliteDatabase(path);
            _database.Execute("pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = normal");
            _database.Execute("create table if not exists grain_state (id text primary key, json text not null, version integer not null)");
        }
        catch (SqliteError error)
        {
            _database?.Dispose();
            throw new DataMeshException(
                "The state of the embedded host can not be opened.", new Location(path), error.Message,
                error.IsBusy ? "another process uses it"
                : error.IsRefusedByDisk ? "free space there and see to it that this user may write there; `run --state FOLDER` keeps the state elsewhere" : "it holds nothing that the tables do not: delete it and run again", error);
        }
    }

    /// <inheritdoc/>
    public ValueTask<StoredState?> ReadAsync(GrainId id, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_unsaved.TryGetValue(id, out var unsaved)) return ValueTask.FromResult<StoredState?>(unsaved);
            using var query = _database.Prepare("select json, version from grain_state where id = ?1").Bind(1, id.ToString());
            return ValueTask.FromResult(query.Step() ? new StoredState(query.Text(0), query.Number(1)) : null);
        }
    }

    /// <inheritdoc/>
    public ValueTask<long?> WriteAsync(GrainId id, string json, long expected, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_unsaved.TryGetValue(id, out var unsaved) && unsaved.Version != expected) return ValueTask.FromResult<long?>(null);
            try
            {
                if (!(unsaved is null ? Write(id, json, expected) : Overwrite(id, json, expected + 1))) return ValueTask.FromResult<long?>(null);
                _unsaved.Remove(id);
            }
            catch (SqliteError error) when (error.IsRefusedByDisk)
            {
                _unsaved[id] = new StoredState(json, expected + 1);
            }

            return ValueTask.FromResult<long?>(expected + 1);
        }
    }

    private bool Write(GrainId id, string json, long expected)
    {
        using var command = _database.Prepare(expected == 0
            ? "insert into grain_state (id, json, version) values (?1, ?2, 1) on conflict (id) do nothing"
            : "update grain_state set json = ?2, version = version + 1 where id = ?1 and version = ?3");
        command.Bind(1, id.ToString()).Bind(2, json);
        if (expected != 0) command.Bind(3, expected);
        command.Step();
        return _database.Changes == 1;
    }

    /// <summary>Writes what follows a state that could not be written: the run's lock keeps others from this file meanwhile.</summary>
    private bool Overwrite(GrainId id, string json, long version)
    {
        using var command = _database.Prepare("insert or replace into grain_state (id, json, version) values (?1, ?2, ?3)");
        command.Bind(1, id.ToString()).Bind(2, json).Bind(3, version).Step();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _database.Dispose();
}
