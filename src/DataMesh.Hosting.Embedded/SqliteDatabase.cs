using SQLitePCL;

namespace DataMesh.Hosting.Embedded;

/// <summary>
/// An open SQLite file. It calls SQLite directly: the ADO.NET provider would load and set up System.Data at every start, for three statements.
/// Not thread-safe.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    private readonly sqlite3 _handle;

    /// <summary>Opens or creates the file.</summary>
    public SqliteDatabase(string path)
    {
        Batteries_V2.Init();
        // A file that is no database opens all the same; the first statement tells.
        var code = raw.sqlite3_open_v2(path, out _handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, null);
        if (code != raw.SQLITE_OK) throw Error(code);
    }

    /// <summary>Rows that the last statement wrote.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    /// <summary>Runs statements that return nothing of interest.</summary>
    public void Execute(string statements) => Check(raw.sqlite3_exec(_handle, statements));

    /// <summary>Prepares one statement.</summary>
    public SqliteStatement Prepare(string statement)
    {
        Check(raw.sqlite3_prepare_v2(_handle, statement, out var prepared));
        return new SqliteStatement(this, prepared);
    }

    /// <summary>Throws unless a call went well.</summary>
    public void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE)) throw Error(code);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private SqliteError Error(int code) => new(code, raw.sqlite3_errmsg(_handle).utf8_to_string());
}

/// <summary>A prepared statement; parameters count from 1, columns from 0.</summary>
internal sealed class SqliteStatement(SqliteDatabase database, sqlite3_stmt statement) : IDisposable
{
    /// <summary>Sets a parameter.</summary>
    public SqliteStatement Bind(int parameter, string value)
    {
        database.Check(raw.sqlite3_bind_text(statement, parameter, value));
        return this;
    }

    /// <summary>Sets a parameter.</summary>
    public SqliteStatement Bind(int parameter, long value)
    {
        database.Check(raw.sqlite3_bind_int64(statement, parameter, value));
        return this;
    }

    /// <summary>Runs to the next row; false at the end.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(statement);
        database.Check(code);
        return code == raw.SQLITE_ROW;
    }

    /// <summary>A text of the row.</summary>
    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

    /// <summary>A number of the row.</summary>
    public long Number(int column) => raw.sqlite3_column_int64(statement, column);

    /// <inheritdoc/>
    public void Dispose() => statement.Dispose();
}

/// <summary>What SQLite refused.</summary>
internal sealed class SqliteError(int code, string message) : Exception($"SQLite error {code}: {message}")
{
    /// <summary>Whether another process holds the file.</summary>
    public bool IsBusy => (code & 0xff) is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;

    /// <summary>Whether the disk or the file system would not take or give the bytes.</summary>
    public bool IsRefusedByDisk => (code & 0xff) is raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM;
}
