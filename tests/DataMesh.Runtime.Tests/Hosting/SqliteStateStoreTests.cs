using DataMesh.ControlPlane.Grains;
using DataMesh.Core.Errors;
using DataMesh.Hosting.Embedded;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Runtime.Tests.Hosting;

public sealed class SqliteStateStoreTests : IDisposable
{
    private static readonly GrainId Id = new(GrainKind.Pipeline, "größe 'a'");
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    private string File => Path.Combine(_folder, "state.db");

    [Fact]
    public async Task Keeps_state_and_its_version_from_process_to_process()
    {
        using (var store = new SqliteStore(File))
        {
            Assert.Null(await store.States.ReadAsync(Id, default));
            Assert.Equal(1, await store.States.WriteAsync(Id, """{"a":"ü"}""", 0, 5, false, default));
            Assert.Equal(2, await store.States.WriteAsync(Id, """{"a":"ß"}""", 1, 5, true, default));
        }

        using var again = new SqliteStore(File);
        Assert.Equal(new StoredState("""{"a":"ß"}""", 2, 5, true), await again.States.ReadAsync(Id, default));
    }

    [Fact]
    public async Task Refuses_a_write_over_a_version_that_it_has_not()
    {
        using var store = new SqliteStore(File);
        Assert.Equal(1, await store.States.WriteAsync(Id, "1", 0, 5, false, default));
        Assert.Null(await store.States.WriteAsync(Id, "2", 0, 5, false, default));
        Assert.Null(await store.States.WriteAsync(Id, "2", 7, 5, false, default));
        Assert.Equal(new StoredState("1", 1, 5), await store.States.ReadAsync(Id, default));
    }

    [Fact]
    public async Task Takes_over_the_file_of_an_earlier_version()
    {
        using (var old = new SqliteDatabase(File))
        {
            old.Execute("create table grain_state (id text primary key, json text not null, version integer not null)");
            old.Execute("insert into grain_state values ('pipeline:p', '{}', 7)");
        }

        using var store = new SqliteStore(File);
        var id = new GrainId(GrainKind.Pipeline, "p");
        Assert.Equal(new StoredState("{}", 7), await store.States.ReadAsync(id, default));
        Assert.Equal(8, await store.States.WriteAsync(id, "[]", 7, 1, true, default));
        Assert.Equal([(id, 1L)], store.States.Kept());
    }

    [Fact]
    public void Refuses_the_file_of_a_later_version()
    {
        using (var later = new SqliteDatabase(File)) later.Execute("pragma user_version = 99");
        Assert.Contains("later version", Assert.Throws<DataMeshException>(() => new SqliteStore(File)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_what_to_do_about_a_damaged_file()
    {
        System.IO.File.WriteAllText(File, "this is no database, and has not been one for long enough to fill a header of a hundred bytes or more ........");
        var error = Assert.Throws<DataMeshException>(() => new SqliteStore(File));
        Assert.Contains("delete it and run again", error.Hint, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
