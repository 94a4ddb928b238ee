using DataMesh.Core.Errors;

namespace DataMesh.Hosting.Embedded;

/// <summary>
/// The SQLite file of the embedded host: grain state, event streams, submitted pipelines. It is a convenience: the tables outrank it, and deleting it
/// loses nothing but the list of what was submitted. Its parts share one connection, one at a time.
/// </summary>
public sealed class SqliteStore : IDisposable
{
    /// <summary>1: grain state with its version; 2: fencing token and keep-alive flag, streams, pipelines.</summary>
    private const int SchemaVersion = 2;

    private readonly string _path;

    /// <summary>Opens or creates the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="clock">The clock; without it, the machine's.</param>
    /// <param name="keepsDatasets">See <see cref="SqliteStateStore.KeepsDatasets"/>.</param>
    public SqliteStore(string path, TimeProvider? clock = null, bool keepsDatasets = true)
    {
        _path = path;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            Database = new SqliteDatabase(path);
            Database.Execute("pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = normal");
            var version = Version();
            if (version < SchemaVersion) Migrate();
            if (version > SchemaVersion) throw Newer();
        }
        catch (SqliteError error)
        {
            Database?.Dispose();
            throw new DataMeshException(
                "The state of the embedded host can not be opened.", new Location(path), error.Message,
                error.IsBusy ? "another process uses it"
                : error.IsRefusedByDisk ? "free space there and see to it that this user may write there; `run --state FOLDER` keeps the state elsewhere" : "it holds nothing that the tables do not: delete it and run again", error);
        }

        States = new SqliteStateStore(this) { KeepsDatasets = keepsDatasets };
        Streams = new SqliteStreams(this, clock ?? TimeProvider.System);
        Pipelines = new SqlitePipelineStore(this, clock ?? TimeProvider.System);
    }

    /// <summary>Grain state.</summary>
    public SqliteStateStore States { get; }

    /// <summary>Event streams.</summary>
    public SqliteStreams Streams { get; }

    /// <summary>Submitted pipelines.</summary>
    public SqlitePipelineStore Pipelines { get; }

    internal SqliteDatabase Database { get; }

    internal Lock Gate { get; } = new();

    /// <inheritdoc/>
    public void Dispose() => Database.Dispose();

    private long Version()
    {
        using var query = Database.Prepare("pragma user_version");
        query.Step();
        return query.Number(0);
    }

    /// <summary>One process migrates: the others wait for its transaction and then find the new version.</summary>
    private void Migrate()
    {
        Database.Execute("begin immediate");
        if (Version() < SchemaVersion)
        {
            Database.Execute("create table if not exists grain_state (id text primary key, json text not null, version integer not null)");
            Database.Execute(
                $"""
                alter table grain_state add column fence integer not null default 0;
                alter table grain_state add column keeps_running integer not null default 0;
                create index kept_grains on grain_state (id) where keeps_running = 1;
                create table grain_stream (id text not null, sequence integer not null, time_ms integer not null, kind text not null, json text not null, primary key (id, sequence)) without rowid;
                create table pipeline (name text not null, version integer not null, yaml text not null, base_folder text not null, submitted_ms integer not null, options text not null, primary key (name, version)) without rowid;
                pragma user_version = {SchemaVersion}
                """);
        }

        Database.Execute("commit");
    }

    private DataMeshException Newer()
    {
        Database.Dispose();
        return new DataMeshException("The state of the embedded host was written by a later version of DataMesh.", new Location(_path), hint: "use that version, or another state folder");
    }
}
