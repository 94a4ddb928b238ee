using System.Text.Json;
using DataMesh.Core.Storage;
using DataMesh.Tests;

namespace DataMesh.Cli.Tests;

/// <summary>The real program, killed around the commit of an upsert; the next run must leave what an undisturbed one leaves.</summary>
public sealed class UpsertCrashTests
{
    private const string Pipeline = """
        pipeline: people
        source: { type: file, path: "in/*.csv", types: { id: int64, state: string, op: string } }
        dataset: { name: people, mode: upsert, key: [id], partition_by: [state], delete_when: op = 'D', leave_out: [op] }
        """;

    [Theory]
    [InlineData(CrashPoints.StageData)]
    [InlineData(CrashPoints.Prepared)]
    [InlineData(CrashPoints.MergeRewritten)]
    [InlineData(CrashPoints.CommitEntry)]
    [InlineData(CrashPoints.CompleteBegin)]
    public void A_run_that_is_killed_is_made_good_by_the_next_one(string step)
    {
        using var folder = new TemporaryFolder();
        folder.Write("p.yaml", Pipeline);
        folder.Write("in/a.csv", "id,state,op,name\n1,CA,I,Ada\n2,CA,I,Bob\n3,NY,I,Cid\n4,NY,I,Dan\n");
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "run", "p.yaml").ExitCode);
        folder.Write("in/b.csv", "id,state,op,name\n1,NY,U,Ada\n3,NY,D,\n5,TX,I,Eve\n5,TX,U,Eva\n");

        Assert.NotEqual(0, DatameshProcess.Run(folder.Root, [("DATAMESH_CRASH_AT", step)], "run", "p.yaml").ExitCode);
        var next = DatameshProcess.Run(folder.Root, "run", "p.yaml");

        Assert.True(next.ExitCode == 0, next.Error);
        var table = Path.Combine(folder.Root, "lake", "people");
        Assert.Equal(1, JsonSerializer.Deserialize<JsonElement>(Node.Run("delta-check.mjs", table)).GetProperty("version").GetInt32());
        Assert.Equal("""[["1","NY","Ada"],["2","CA","Bob"],["4","NY","Dan"],["5","TX","Eva"]]""", Node.Run("duckdb-table.mjs", table, "SELECT id, state, name FROM t ORDER BY id").Trim());
    }
}
