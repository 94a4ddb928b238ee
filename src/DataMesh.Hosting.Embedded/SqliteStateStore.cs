using DataMesh.ControlPlane.Grains;
using DataMesh.Core.Errors;
using DataMesh.Runtime.Hosting;
using Microsoft.Data.Sqlite;

namespace DataMesh.Hosting.Embedded;

/// <summary>Grain state in one SQLite file. It is a convenience: the tables outrank it, and deleting it loses nothing.</summary>
public sealed class SqliteStateStore : IGrainStateStore, IDisposable
{
    private const int Busy = 5;
    private readonly SqliteConnection _connection;
    private readonly Lock _lock = new();

    /// <summary>Opens or creates the file.</summary>
    public SqliteStateStore(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        SQLitePCL.Batteries_V2.Init();
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            _connection.Open();
            Execute("pragma journal_mode = wal; pragma synchronous = normal; pragma busy_timeout = 5000");
            Execute("create table if not exists grain_state (id text primary key, json text not null, version integer not null)");
        }
        catch (SqliteException error)
        {
            _connection.Dispose();
            throw new DataMeshException(
                "The state of the embedded host can not be opened.", new Location(path), error.Message,
                error.SqliteErrorCode == Busy ? "another process uses it" : "it holds nothing that the tables do not: delete it and run again", error);
        }
    }

    /// <inheritdoc/>
    public ValueTask<StoredState?> ReadAsync(GrainId id, CancellationToken cancellation)
    {
        lock (_lock)
        {
            using var command = _connection.CreateCommand();
            command.CommandText = "select json, version from grain_state where id = $id";
            command.Parameters.AddWithValue("$id", id.ToString());
            using var reader = command.ExecuteReader();
            return ValueTask.FromResult(reader.Read() ? new StoredState(reader.GetString(0), reader.GetInt64(1)) : null);
        }
    }

    /// <inheritdoc/>
    public ValueTask<long?> WriteAsync(GrainId id, string json, long expected, CancellationToken cancellation)
    {
        lock (_lock)
        {
            using var command = _connection.CreateCommand();
            command.CommandText = expected == 0
                ? "insert into grain_state (id, json, version) values ($id, $json, 1) on conflict (id) do nothing"
                : "update grain_state set json = $json, version = version + 1 where id = $id and version = $expected";
            command.Parameters.AddWithValue("$id", id.ToString());
            command.Parameters.AddWithValue("$json", json);
            if (expected != 0) command.Parameters.AddWithValue("$expected", expected);
            return ValueTask.FromResult(command.ExecuteNonQuery() == 1 ? expected + 1 : (long?)null);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
