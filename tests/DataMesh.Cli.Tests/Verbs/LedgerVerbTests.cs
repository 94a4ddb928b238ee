namespace DataMesh.Cli.Tests.Verbs;

public sealed class LedgerVerbTests
{
    [Fact]
    public void A_closed_ledger_says_so_and_a_broken_one_names_the_epoch_with_its_own_exit_code()
    {
        using var folder = new TemporaryFolder().WithPeople();
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "run", "p.yaml", "-q").ExitCode);
        var closed = DatameshProcess.Run(folder.Root, "ledger", "p.yaml", "--recount");
        Assert.True(closed.ExitCode == 0, closed.Output + closed.Error);
        Assert.Contains("people: closed, 1 epoch", closed.Output);
        Assert.Contains("quarantine: 1 waiting = 1 set aside - 0 replayed - 0 discarded", closed.Output);

        var manifest = Directory.GetFiles(Path.Combine(folder.Root, "lake", "people", "_datamesh", "manifests")).Single();
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"in\":4", "\"in\":5", StringComparison.Ordinal));
        var broken = DatameshProcess.Run(folder.Root, "ledger", "p.yaml", "--json");
        Assert.Equal(4, broken.ExitCode);
        Assert.False(broken.Json.GetProperty("closed").GetBoolean());
        Assert.Equal(0, broken.Json.GetProperty("first_open_epoch").GetInt64());
        Assert.Contains("the first epoch that does not close is 0", DatameshProcess.Run(folder.Root, "ledger", "p.yaml", "--epochs").Output);
    }
}
