using DataMesh.ControlPlane.Grains;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Embedded;

/// <summary>Grain state in the SQLite file.</summary>
public sealed class SqliteStateStore(SqliteStore store) : IGrainStateStore
{
    /// <summary>What a full disk would not take. The tables outrank this state: a run goes on, and says itself when the tables need space too.</summary>
    private readonly Dictionary<GrainId, StoredState> _unsaved = [];

    private SqliteDatabase Database => store.Database;

    /// <inheritdoc/>
    public ValueTask<StoredState?> ReadAsync(GrainId id, CancellationToken cancellation)
    {
        lock (store.Gate) return ValueTask.FromResult(Read(id));
    }

    /// <inheritdoc/>
    public ValueTask<long?> WriteAsync(GrainId id, string json, long expected, long fence, bool keepsRunning, CancellationToken cancellation)
    {
        lock (store.Gate)
        {
            var written = new StoredState(json, expected + 1, fence, keepsRunning);
            if (_unsaved.TryGetValue(id, out var unsaved) && unsaved.Version != expected) return ValueTask.FromResult<long?>(null);
            try
            {
                if (!(unsaved is null ? Write(id, written) : Overwrite(id, written)) && Read(id) != written) return ValueTask.FromResult<long?>(null);
                _unsaved.Remove(id);
            }
            catch (SqliteError error) when (error.IsRefusedByDisk)
            {
                _unsaved[id] = written;
            }

            return ValueTask.FromResult<long?>(written.Version);
        }
    }

    /// <summary>The grains that must be running, each with its fencing token.</summary>
    public IReadOnlyList<(GrainId Id, long Fence)> Kept()
    {
        lock (store.Gate)
        {
            var kept = new List<(GrainId, long)>();
            using var query = Database.Prepare("select id, fence from grain_state where keeps_running = 1 order by id");
            while (query.Step())
            {
                if (GrainId.TryParse(query.Text(0), out var id)) kept.Add((id, query.Number(1)));
            }

            return kept;
        }
    }

    private StoredState? Read(GrainId id)
    {
        if (_unsaved.TryGetValue(id, out var unsaved)) return unsaved;
        using var query = Database.Prepare("select json, version, fence, keeps_running from grain_state where id = ?1").Bind(1, id.ToString());
        return query.Step() ? new StoredState(query.Text(0), query.Number(1), query.Number(2), query.Number(3) != 0) : null;
    }

    private bool Write(GrainId id, StoredState state)
    {
        using var command = Database.Prepare(state.Version == 1
            ? "insert into grain_state (id, json, version, fence, keeps_running) values (?1, ?2, ?3, ?4, ?5) on conflict (id) do nothing"
            : "update grain_state set json = ?2, version = ?3, fence = ?4, keeps_running = ?5 where id = ?1 and version = ?3 - 1 and fence <= ?4");
        Bind(command, id, state).Step();
        return Database.Changes == 1;
    }

    /// <summary>Writes what follows a state that could not be written: the run's lock keeps others from this file meanwhile.</summary>
    private bool Overwrite(GrainId id, StoredState state)
    {
        using var command = Database.Prepare("insert or replace into grain_state (id, json, version, fence, keeps_running) values (?1, ?2, ?3, ?4, ?5)");
        Bind(command, id, state).Step();
        return true;
    }

    private static SqliteStatement Bind(SqliteStatement command, GrainId id, StoredState state) =>
        command.Bind(1, id.ToString()).Bind(2, state.Json).Bind(3, state.Version).Bind(4, state.Fence).Bind(5, state.KeepsRunning ? 1 : 0);
}
