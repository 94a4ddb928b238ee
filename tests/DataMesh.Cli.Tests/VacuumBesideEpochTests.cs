using DataMesh.Core.Storage;
using DataMesh.Tests;

namespace DataMesh.Cli.Tests;

/// <summary>A clean-up without any retention, beside an epoch that was prepared and not committed everywhere: the epoch's files survive it.</summary>
public sealed class VacuumBesideEpochTests
{
    private const string Pipeline = """
        pipeline: two
        source: { type: file, path: "in/*.csv" }
        stages:
          - { id: small, filter: n < 10 }
          - { id: large, from: source, filter: n >= 10 }
        datasets:
          - { name: t, from: small }
          - { name: u, from: large, mode: upsert, key: [n], delete_when: kind = 'D' }
        """;

    [Theory]
    [InlineData(CrashPoints.Prepared, 1)]
    [InlineData(CrashPoints.CommitEnd, 1)]
    [InlineData(CrashPoints.MergeRewritten, 1)]
    public void An_epoch_in_flight_is_committed_by_the_next_run_also_after_a_vacuum(string step, int count)
    {
        using var folder = new TemporaryFolder();
        folder.Write("p.yaml", Pipeline);
        folder.Write("in/a.csv", "n,kind\n1,I\n20,I\n30,I\n");
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "run", "p.yaml").ExitCode);
        folder.Write("in/b.csv", "n,kind\n2,I\n20,D\n40,I\n");
        Assert.NotEqual(0, DatameshProcess.Run(folder.Root, [("DATAMESH_CRASH_AT", $"{step}:{count}")], "run", "p.yaml").ExitCode);

        foreach (var table in (string[])["t", "u"])
        {
            var vacuum = DatameshProcess.Run(folder.Root, "dataset", "vacuum", table, "--retain", "0s", "--force");
            Assert.True(vacuum.ExitCode == 0, vacuum.Error);
        }

        var next = DatameshProcess.Run(folder.Root, "run", "p.yaml");
        Assert.True(next.ExitCode == 0, next.Error);
        Assert.Equal("""[["1"],["2"]]""", Node.Run("duckdb-table.mjs", Path.Combine(folder.Root, "lake", "t"), "SELECT n FROM t ORDER BY n").Trim());
        Assert.Equal("""[["30"],["40"]]""", Node.Run("duckdb-table.mjs", Path.Combine(folder.Root, "lake", "u"), "SELECT n FROM t ORDER BY n").Trim());
        Node.Run("delta-check.mjs", Path.Combine(folder.Root, "lake", "u"));
    }
}
