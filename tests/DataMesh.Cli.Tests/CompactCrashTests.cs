using System.Text.Json;
using DataMesh.Core.Storage;
using DataMesh.Tests;

namespace DataMesh.Cli.Tests;

/// <summary>The real program compacts and retains, and is killed around the commit of that.</summary>
public sealed class CompactCrashTests
{
    private const string Pipeline = """
        pipeline: days
        source: { type: file, path: "in/*.csv", types: { day: date } }
        dataset: { name: days, retain: { rows: { column: day, older_than: 3650d } } }
        """;

    [Fact]
    public void Small_files_are_put_together_old_rows_deleted_and_both_shown()
    {
        using var folder = Days();
        var shown = DatameshProcess.Run(folder.Root, "dataset", "show", "days", "--rows", "0");
        Assert.Contains("would make 1 file of 3 small ones", shown.Output, StringComparison.Ordinal);
        Assert.Contains("rows are kept for 3650 days by day", shown.Output, StringComparison.Ordinal);
        var plan = DatameshProcess.Run(folder.Root, "dataset", "compact", "days", "--dry-run", "--json").Json;
        Assert.Equal((3, 1), (plan.GetProperty("files_before").GetInt32(), plan.GetProperty("files_after").GetInt32()));
        Assert.Contains("Made 1 files", DatameshProcess.Run(folder.Root, "dataset", "compact", "lake/days").Output, StringComparison.Ordinal);
        Assert.Contains("nothing to put together", DatameshProcess.Run(folder.Root, "dataset", "compact", "days").Output, StringComparison.Ordinal);
        Assert.NotEqual(0, DatameshProcess.Run(folder.Root, "dataset", "compact", "days", "--where", "day=x").ExitCode);

        var deleted = DatameshProcess.Run(folder.Root, "dataset", "retain", "days", "--json").Json;
        Assert.Equal((1, 1), (deleted.GetProperty("rows_deleted").GetInt32(), deleted.GetProperty("files_rewritten").GetInt32()));
        Assert.Contains("No row has a day before", DatameshProcess.Run(folder.Root, "dataset", "retain", "days").Output, StringComparison.Ordinal);
        var operations = DatameshProcess.Run(folder.Root, "dataset", "history", "days", "--json").Json.GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("operation").GetString());
        Assert.Equal(["DELETE", "OPTIMIZE", "WRITE", "WRITE", "CREATE TABLE AS SELECT"], operations);
        Assert.Equal("""[["5"]]""", Rows(folder, "SELECT count(*) FROM t"));
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "run", "p.yaml").ExitCode);
    }

    [Theory]
    [InlineData("compact", CrashPoints.SwapRewritten)]
    [InlineData("compact", CrashPoints.SwapEntry)]
    [InlineData("retain", CrashPoints.SwapRewritten)]
    [InlineData("retain", CrashPoints.SwapEntry)]
    public void Killed_before_or_after_the_entry_nothing_is_lost_or_doubled(string verb, string step)
    {
        using var folder = Days();
        Assert.NotEqual(0, DatameshProcess.Run(folder.Root, [("DATAMESH_CRASH_AT", step)], "dataset", verb, "days").ExitCode);
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "dataset", verb, "days").ExitCode);
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "dataset", "vacuum", "days", "--retain", "0s", "--force").ExitCode);
        Assert.Equal(verb == "compact" ? """[["6","21"]]""" : """[["5","20"]]""", Rows(folder, "SELECT count(*), sum(n) FROM t"));
        Assert.Equal(3, JsonSerializer.Deserialize<JsonElement>(Node.Run("delta-check.mjs", Path.Combine(folder.Root, "lake", "days"))).GetProperty("version").GetInt32());
    }

    private static string Rows(TemporaryFolder folder, string sql) => Node.Run("duckdb-table.mjs", Path.Combine(folder.Root, "lake", "days"), sql).Trim();

    private static TemporaryFolder Days()
    {
        var folder = new TemporaryFolder();
        folder.Write("p.yaml", Pipeline);
        for (var i = 0; i < 3; i++)
        {
            folder.Write($"in/{i}.csv", $"n,day\n{(2 * i) + 1},{(i == 0 ? "1999-12-31" : "2099-01-01")}\n{(2 * i) + 2},2099-01-02\n");
            Assert.Equal(0, DatameshProcess.Run(folder.Root, "run", "p.yaml").ExitCode);
        }

        return folder;
    }
}
