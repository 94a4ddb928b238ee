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
        using (var store = new SqliteStateStore(File))
        {
            Assert.Null(await store.ReadAsync(Id, default));
            Assert.Equal(1, await store.WriteAsync(Id, """{"a":"ü"}""", 0, default));
            Assert.Equal(2, await store.WriteAsync(Id, """{"a":"ß"}""", 1, default));
        }

        using var again = new SqliteStateStore(File);
        Assert.Equal(new StoredState("""{"a":"ß"}""", 2), await again.ReadAsync(Id, default));
    }

    [Fact]
    public async Task Refuses_a_write_over_a_version_that_it_has_not()
    {
        using var store = new SqliteStateStore(File);
        Assert.Equal(1, await store.WriteAsync(Id, "1", 0, default));
        Assert.Null(await store.WriteAsync(Id, "2", 0, default));
        Assert.Null(await store.WriteAsync(Id, "2", 7, default));
        Assert.Equal(new StoredState("1", 1), await store.ReadAsync(Id, default));
    }

    [Fact]
    public void Says_what_to_do_about_a_damaged_file()
    {
        System.IO.File.WriteAllText(File, "this is no database, and has not been one for long enough to fill a header of a hundred bytes or more ........");
        var error = Assert.Throws<DataMeshException>(() => new SqliteStateStore(File));
        Assert.Contains("delete it and run again", error.Hint, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
