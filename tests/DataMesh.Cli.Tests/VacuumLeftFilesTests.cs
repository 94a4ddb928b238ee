using DataMesh.Core.Storage;

namespace DataMesh.Cli.Tests;

/// <summary>A clean-up deletes what killed runs and replaced epochs left beside a table, and nothing that a committed or prepared epoch names.</summary>
public sealed class VacuumLeftFilesTests : IDisposable
{
    private const string Pipeline = """
        pipeline: two
        source: { type: file, path: "in/*.csv" }
        stages:
          - { id: once, deduplicate: { keys: [n] } }
          - { id: small, filter: n < 10 }
          - { id: large, from: once, filter: n >= 10 }
        datasets:
          - { name: t, from: small }
          - { name: u, from: large }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(CrashPoints.StageQuarantine)]
    [InlineData(CrashPoints.StageState)]
    [InlineData(CrashPoints.StageManifest)]
    public void What_a_killed_run_left_goes_and_what_committed_epochs_name_stays(string step)
    {
        var before = Commit();
        Kill(step);
        Assert.True(Beside("t").Count > before.Count);

        Vacuum("t");
        Assert.True(Beside("t").Count > before.Count);
        VacuumAll("--dry-run");
        Assert.True(Beside("t").Count > before.Count);
        var told = VacuumAll();
        Assert.Equal(before, Beside("t"));
        Assert.Contains("_quarantine/part-", told, StringComparison.Ordinal);
        Assert.Equal(0, Run("run", "p.yaml").ExitCode);
        Assert.Equal(0, Run("ledger", "p.yaml", "--recount").ExitCode);
        Assert.Equal(2, Run("quarantine", "list", "p.yaml", "--json").Json.GetProperty("waiting").GetInt32());
    }

    [Fact]
    public void Account_state_and_quarantine_of_a_prepared_epoch_stay()
    {
        Commit();
        Kill(CrashPoints.Prepared);
        var before = Beside("t");
        VacuumAll();
        Assert.Equal(before, Beside("t"));
        Assert.Equal(0, Run("run", "p.yaml").ExitCode);
        Assert.Equal(0, Run("ledger", "p.yaml", "--recount").ExitCode);
    }

    [Fact]
    public void A_prepared_epoch_whose_bad_records_are_gone_is_not_committed()
    {
        var before = Commit();
        Kill(CrashPoints.Prepared);
        var part = Beside("t").Except(before).Single(file => file.StartsWith("_quarantine", StringComparison.Ordinal));
        File.Delete(Path.Combine(_folder.Root, "lake", "t", part));
        var refused = Run("run", "p.yaml");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("a file that it had prepared is gone", refused.Error, StringComparison.Ordinal);
        Assert.Equal(1, Run("dataset", "history", "t", "--json").Json.GetProperty("versions").GetArrayLength());
    }

    [Fact]
    public void Where_an_account_can_not_be_read_all_of_it_stays()
    {
        var before = Commit();
        _folder.Write("lake/t/_quarantine/part-0.snappy.parquet", "cut");
        _folder.Write("lake/t/" + before.First(file => file.Contains("manifests", StringComparison.Ordinal)), "{");
        var vacuum = Run("dataset", "vacuum", "t", "--retain", "0s", "--force");
        Assert.Contains("it is not known what of it counts", vacuum.Error, StringComparison.Ordinal);
        Assert.Equal(before.Count + 1, Beside("t").Count);
    }

    [Fact]
    public void Two_pipelines_on_one_table_keep_what_each_of_them_names()
    {
        const string other = """
            pipeline: other
            source: { type: file, path: "more/*.csv" }
            stages:
              - { id: once, deduplicate: { keys: [n] } }
            dataset: { name: t }
            """;
        var before = Commit();
        _folder.Write("q.yaml", other);
        _folder.Write("more/a.csv", "n,kind\n8,I\n9\n");
        // Its first epoch never comes to be, and leaves an account of a pipeline that the table does not know.
        Assert.NotEqual(0, DatameshProcess.Run(_folder.Root, [("DATAMESH_CRASH_AT", CrashPoints.StageManifest)], "run", "q.yaml").ExitCode);
        var killed = Beside("t");
        VacuumAll();
        Assert.Equal(killed, Beside("t"));
        Assert.Equal(0, Run("run", "q.yaml").ExitCode);
        var committed = Beside("t");
        VacuumAll();
        Assert.Equal(committed.Except(killed.Except(before)), Beside("t"));
        Assert.Equal(0, Run("ledger", "q.yaml", "--recount").ExitCode);
        Assert.Equal(0, Run("ledger", "p.yaml", "--recount").ExitCode);
    }

    [Fact]
    public void What_a_rebuild_replaced_stays_for_as_long_as_older_versions_do()
    {
        var before = Commit();
        Assert.Equal(0, Run("run", "p.yaml", "--rebuild").ExitCode);
        var both = Beside("t");
        Vacuum("t");
        Age("t", TimeSpan.FromDays(30));
        Vacuum("t");
        Assert.Equal(both, Beside("t"));
        VacuumAll();
        Assert.Equal(both.Except(before), Beside("t"));
        Assert.Equal(0, Run("ledger", "p.yaml", "--recount").ExitCode);
    }

    [Fact]
    public void Temporary_files_go_after_a_day()
    {
        var before = Commit();
        foreach (var name in (string[])["_datamesh/manifests/.tmp-0", "_datamesh/prepared/.tmp-1"]) _folder.Write("lake/t/" + name, "cut");
        VacuumAll();
        Assert.Equal(before.Count + 1, Beside("t").Count);
        Age("t", TimeSpan.FromDays(2));
        VacuumAll();
        Assert.Equal(before, Beside("t"));
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.Root, "lake", "t", "_datamesh", "prepared")));
    }

    private List<string> Commit()
    {
        _folder.Write("p.yaml", Pipeline);
        _folder.Write("in/a.csv", "n,kind\n1,I\n20,I\n3,I\n3,I\n5\n");
        Assert.Equal(0, Run("run", "p.yaml").ExitCode);
        return Beside("t");
    }

    private void Kill(string step)
    {
        _folder.Write("in/b.csv", "n,kind\n2,I\n7\n40,I\n");
        Assert.NotEqual(0, DatameshProcess.Run(_folder.Root, [("DATAMESH_CRASH_AT", step)], "run", "p.yaml").ExitCode);
    }

    private ProcessResult Run(params string[] arguments) => DatameshProcess.Run(_folder.Root, arguments);

    private string Vacuum(string table, params string[] options)
    {
        var vacuum = Run(["dataset", "vacuum", table, .. options]);
        Assert.True(vacuum.ExitCode == 0, vacuum.Error);
        return vacuum.Output;
    }

    private string VacuumAll(params string[] options) => Vacuum("t", ["--retain", "0s", "--force", .. options]) + Vacuum("u", ["--retain", "0s", "--force", .. options]);

    private void Age(string table, TimeSpan by)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_folder.Root, "lake", table), "*", SearchOption.AllDirectories)) File.SetLastWriteTimeUtc(file, DateTime.UtcNow - by);
    }

    private List<string> Beside(string table)
    {
        var home = Path.Combine(_folder.Root, "lake", table);
        return [.. ((string[])["_quarantine", "_datamesh/state", "_datamesh/manifests"]).Select(name => Path.Combine(home, name)).Where(Directory.Exists)
            .SelectMany(Directory.EnumerateFiles).Select(file => Path.GetRelativePath(home, file)).Order(StringComparer.Ordinal)];
    }
}
