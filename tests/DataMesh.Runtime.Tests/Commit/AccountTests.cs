using DataMesh.Core.Errors;
using DataMesh.Runtime.Commit;

namespace DataMesh.Runtime.Tests.Commit;

public sealed class AccountTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [Fact]
    public void The_second_to_prepare_an_epoch_finds_the_first_record()
    {
        var account = new Account(_folder, "app/0");
        Assert.Equal("first", account.Prepare(Record(3, "first", 10)).PreparedId);
        Assert.Equal("first", account.Prepare(Record(3, "second", 20)).PreparedId);
    }

    [Fact]
    public void A_former_owner_that_wakes_up_is_refused_once_others_have_gone_on()
    {
        var account = new Account(_folder, "app/0");
        account.Prepare(Record(4, "new owner", 20));
        var error = Assert.Throws<DataMeshException>(() => account.Prepare(Record(3, "former owner", 10)));
        Assert.True(error.MayPass);
        Assert.Null(account.FindPrepared(3));
        Assert.Equal("other pipeline", new Account(_folder, "other/0").Prepare(Record(3, "other pipeline", 10)).PreparedId);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static PreparedRecord Record(long epoch, string id, long fence) => new("p", "app/0", epoch, id, "manifest", false, [], 0) { Fence = fence };
}
