using DataMesh.ControlPlane.Grains;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Embedded;

/// <summary>Grain state in the SQLite file.</summary>
public sealed class SqliteStateStore(SqliteStore store) : IGrainStateStore
{
    /// <summary>What a full disk would not take. The tables outrank this state: a run goes on, and says itself when the tables need space too.</summary>
    private readonly Dictionary<GrainId, StoredState> _unsaved = [];

    /// <summary>The state of datasets where the file does not keep it.</summary>
    private readonly Dictionary<GrainId, StoredState> _datasets = [];

    /// <summary>
    /// Whether the file keeps the state of datasets too. Not where several processes use one file, each for a pipeline of its own: they may write one table, and
    /// its log decides who comes first.
    /// </summary>
    public bool KeepsDatasets { get; init; } = true;

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
            if (!IsInFile(id))
            {
                _datasets[id] = written;
                return ValueTask.FromResult<long?>(written.Version);
            }

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

    /// <summary>Deletes the state and the streams of a pipeline's grains; false, and nothing is deleted, while one of them must be running.</summary>
    internal bool Forget(string pipeline)
    {
        lock (store.Gate)
        {
            if (_unsaved.Any(unsaved => GrainGroup.PipelineOf(unsaved.Key) == pipeline && unsaved.Value.KeepsRunning)) return false;
            using (var query = Belonging("select 1 from grain_state where keeps_running = 1 and", pipeline))
                if (query.Step()) return false;
            foreach (var id in _unsaved.Keys.Where(id => GrainGroup.PipelineOf(id) == pipeline).ToList()) _unsaved.Remove(id);
            using (var states = Belonging("delete from grain_state where", pipeline)) states.Step();
            using (var streams = Belonging("delete from grain_stream where", pipeline)) streams.Step();
            return true;
        }
    }

    /// <summary>A statement about the grains of a pipeline: its own, and those whose keys begin with its name and a slash.</summary>
    private SqliteStatement Belonging(string statement, string pipeline) => Database.Prepare(
        $"{statement} (id = 'pipeline:' || ?1 or (id > 'source:' || ?1 || '/' and id < 'source:' || ?1 || '0')"
        + " or (id > 'stage:' || ?1 || '/' and id < 'stage:' || ?1 || '0') or (id > 'instance:' || ?1 || '/' and id < 'instance:' || ?1 || '0'))").Bind(1, pipeline);

    private bool IsInFile(GrainId id) => KeepsDatasets || id.Kind != GrainKind.Dataset;

    private StoredState? Read(GrainId id)
    {
        if (!IsInFile(id)) return _datasets.GetValueOrDefault(id);
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
