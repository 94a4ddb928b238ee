using DataMesh.Core.Storage;

namespace DataMesh.Cli.Tests.Crash;

/// <summary>A pipeline with several tasks is killed with SIGKILL at every step of an epoch, and goes on with another number of tasks.</summary>
public sealed class TasksCrashTests
{
    private const int Killed = 128 + 9;

    private const string Keys = "  - deduplicate: [order_id]\n";

    private const string Totals = "  - aggregate: { group_by: [order_id, city], aggregates: { amount: sum(amount), begin: first(note), end: last(at), q: median(amount) } }\n";

    private static string Pipeline(int tasks, string keyed = "") => CrashFolder.Pipeline
        .Replace(Keys, keyed, StringComparison.Ordinal).Replace("epoch:", $"parallelism: {tasks}\nepoch:", StringComparison.Ordinal);

    [Theory]
    [InlineData(CrashPoints.EpochRead, 2)]
    [InlineData(CrashPoints.StageData, 3)]
    [InlineData(CrashPoints.StageQuarantine, 5)]
    [InlineData(CrashPoints.StageManifest, 2)]
    [InlineData(CrashPoints.Prepared, 2)]
    [InlineData(CrashPoints.CommitBegin, 2)]
    [InlineData(CrashPoints.CommitEntry, 2)]
    [InlineData(CrashPoints.CompleteBegin, 2)]
    [InlineData(CrashPoints.CompleteEnd, 2)]
    public void Killed_at_a_step_a_run_with_several_tasks_goes_on_as_if_nothing_had_happened(string point, int time) => KillAndGoOn(point, time, "", Undisturbed.Value);

    [Theory]
    [InlineData(CrashPoints.StageState, 4)]
    [InlineData(CrashPoints.StageManifest, 2)]
    [InlineData(CrashPoints.Prepared, 3)]
    [InlineData(CrashPoints.CommitEntry, 2)]
    public void Killed_at_a_step_tasks_that_share_keys_go_on_as_if_nothing_had_happened(string point, int time) => KillAndGoOn(point, time, Keys, WithKeys.Value);

    [Theory]
    [InlineData(CrashPoints.EpochRead, 2)]
    [InlineData(CrashPoints.StageData, 3)]
    [InlineData(CrashPoints.Prepared, 1)]
    [InlineData(CrashPoints.CommitEntry, 2)]
    public void Killed_at_a_step_tasks_that_aggregate_by_key_go_on_as_if_nothing_had_happened(string point, int time) => KillAndGoOn(point, time, Totals, WithTotals.Value);

    private static void KillAndGoOn(string point, int time, string keyed, IReadOnlyList<TableContents> undisturbed)
    {
        using var folder = new CrashFolder(Pipeline(3, keyed));
        var killed = DatameshProcess.Run(folder.Root, [("DATAMESH_CRASH_AT", $"{point}:{time}")], "run", "p.yaml");
        Assert.True(killed.ExitCode == Killed, $"{point} was not reached: exit code {killed.ExitCode}\n{killed.Output}{killed.Error}");
        if (time % 2 == 0) folder.ForgetState();
        File.WriteAllText(Path.Combine(folder.Root, "p.yaml"), Pipeline(time, keyed));
        var result = DatameshProcess.Run(folder.Root, "run", "p.yaml");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(undisturbed.Select(table => table.Rows), folder.Tables.Select(table => table.Rows));
        Assert.Equal(undisturbed.Select(table => table.Quarantine), folder.Tables.Select(table => table.Quarantine));
        var ledger = DatameshProcess.Run(folder.Root, "ledger", "p.yaml", "--recount");
        Assert.True(ledger.ExitCode == 0, ledger.Output + ledger.Error);
    }

    private static readonly Lazy<IReadOnlyList<TableContents>> Undisturbed = new(() => Run("")), WithKeys = new(() => Run(Keys)), WithTotals = new(() => Run(Totals));

    private static IReadOnlyList<TableContents> Run(string keyed)
    {
        using var folder = new CrashFolder(Pipeline(1, keyed));
        var result = DatameshProcess.Run(folder.Root, "run", "p.yaml");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        return folder.Tables;
    }
}
