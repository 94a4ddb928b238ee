using System.Text.Json;
using DataMesh.Cli.Tests.Crash;
using DataMesh.Core.Storage;
using DataMesh.Tests;

namespace DataMesh.Cli.Tests;

/// <summary>The real program gives a column a wider type, is killed at every step of that, and another engine reads what the next run leaves.</summary>
public sealed class RetypeCrashTests : IDisposable
{
    private const string Pipeline = """
        pipeline: prices
        source: { type: file, path: "in/*.csv" }
        stages:
          - { id: cheap, filter: "day < date '2024-01-02'" }
          - { id: dear, from: source, filter: "day >= date '2024-01-02'" }
        drift: { columns: { price: { type_changed: rewrite } } }
        datasets:
          - { name: t, from: cheap }
          - { name: u, from: dear, partition_by: [day] }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(CrashPoints.RetypeRewritten, 1)]
    [InlineData(CrashPoints.RetypeRewritten, 2)]
    [InlineData(CrashPoints.RetypeEntry, 1)]
    [InlineData(CrashPoints.RetypeEntry, 2)]
    [InlineData(CrashPoints.CommitEntry, 1)]
    public void Killed_at_any_step_the_next_run_makes_it_good(string step, int count)
    {
        Begin();
        Assert.NotEqual(0, DatameshProcess.Run(_folder.Root, [("DATAMESH_CRASH_AT", $"{step}:{count}")], "run", "p.yaml").ExitCode);
        var next = Run("run", "p.yaml");
        Assert.True(next.ExitCode == 0, next.Error);
        foreach (var (table, rows) in Expected)
        {
            Assert.Equal(rows, Rows(table));
            var check = JsonSerializer.Deserialize<JsonElement>(Node.Run("delta-check.mjs", Path.Combine(_folder.Root, "lake", table)));
            Assert.Equal(2, check.GetProperty("version").GetInt32());
            Assert.Equal(0, Run("dataset", "vacuum", table, "--retain", "0s", "--force").ExitCode);
            Assert.Equal(rows, Rows(table));
        }

        Assert.Equal(0, Run("ledger", "p.yaml", "--recount").ExitCode);
        Assert.Single(Run("drift", "list", "p.yaml", "--json").Json.GetProperty("events").EnumerateArray());
    }

    [Fact]
    public void An_epoch_that_another_pipeline_had_prepared_in_the_narrower_type_is_brought_to_the_wider_one()
    {
        Begin();
        _folder.Write("q.yaml", "pipeline: other\nsource: { type: file, path: more/*.csv }\ndataset: { name: t }\n");
        _folder.Write("more/a.csv", "n,day,price\n7,2023-01-01,70\n");
        Assert.NotEqual(0, DatameshProcess.Run(_folder.Root, [("DATAMESH_CRASH_AT", CrashPoints.Prepared)], "run", "q.yaml").ExitCode);
        Assert.Equal(0, Run("run", "p.yaml").ExitCode);
        var next = Run("run", "q.yaml");
        Assert.True(next.ExitCode == 0, next.Error);
        Assert.Equal("""[["1","10"],["3","free"],["7","70"]]""", Rows("t"));
        Assert.Equal(0, Run("ledger", "q.yaml").ExitCode);
        Assert.Equal(0, Run("ledger", "p.yaml").ExitCode);
    }

    [Fact]
    public void Rows_that_another_pipeline_commits_meanwhile_become_wider_too()
    {
        Begin();
        _folder.Write("q.yaml", "pipeline: other\nsource: { type: file, path: more/*.csv }\ndataset: { name: t }\n");
        _folder.Write("more/a.csv", "n,day,price\n7,2023-01-01,70\n");
        using var frozen = DatameshProcess.Start(_folder.Root, [("DATAMESH_FREEZE_AT", CrashPoints.RetypeRewritten)], "run", "p.yaml");
        FrozenProcess.AwaitStop(frozen);
        Assert.Equal(0, Run("run", "q.yaml", "--state", "other").ExitCode);
        FrozenProcess.Continue(frozen);
        Assert.True(frozen.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.Equal(0, frozen.ExitCode);
        Assert.Equal("""[["1","10"],["3","free"],["7","70"]]""", Rows("t"));
        Assert.Equal(0, Run("ledger", "q.yaml").ExitCode);
    }

    private static (string Table, string Rows)[] Expected => [("t", """[["1","10"],["3","free"]]"""), ("u", """[["2","20"],["4","30"]]""")];

    private void Begin()
    {
        _folder.Write("p.yaml", Pipeline);
        _folder.Write("in/a.csv", "n,day,price\n1,2024-01-01,10\n2,2024-01-02,20\n");
        Assert.Equal(0, Run("run", "p.yaml").ExitCode);
        _folder.Write("in/b.csv", "n,day,price\n3,2024-01-01,free\n4,2024-01-02,30\n");
    }

    private ProcessResult Run(params string[] arguments) => DatameshProcess.Run(_folder.Root, arguments);

    private string Rows(string table) => Node.Run("duckdb-table.mjs", Path.Combine(_folder.Root, "lake", table), "SELECT n, price FROM t ORDER BY n").Trim();
}
