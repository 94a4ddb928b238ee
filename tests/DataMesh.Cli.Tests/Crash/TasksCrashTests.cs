using DataMesh.Core.Storage;

namespace DataMesh.Cli.Tests.Crash;

/// <summary>A pipeline with several tasks is killed with SIGKILL at every step of an epoch, and goes on with another number of tasks.</summary>
public sealed class TasksCrashTests
{
    private const int Killed = 128 + 9;

    private static string Pipeline(int tasks) => CrashFolder.Pipeline
        .Replace("  - deduplicate: [order_id]\n", "", StringComparison.Ordinal).Replace("epoch:", $"parallelism: {tasks}\nepoch:", StringComparison.Ordinal);

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
    public void Killed_at_a_step_a_run_with_several_tasks_goes_on_as_if_nothing_had_happened(string point, int time)
    {
        using var folder = new CrashFolder(Pipeline(3));
        var killed = DatameshProcess.Run(folder.Root, [("DATAMESH_CRASH_AT", $"{point}:{time}")], "run", "p.yaml");
        Assert.True(killed.ExitCode == Killed, $"{point} was not reached: exit code {killed.ExitCode}\n{killed.Output}{killed.Error}");
        if (time % 2 == 0) folder.ForgetState();
        File.WriteAllText(Path.Combine(folder.Root, "p.yaml"), Pipeline(time));
        var result = DatameshProcess.Run(folder.Root, "run", "p.yaml");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(Undisturbed.Value.Select(table => table.Rows), folder.Tables.Select(table => table.Rows));
        Assert.Equal(Undisturbed.Value.Select(table => table.Quarantine), folder.Tables.Select(table => table.Quarantine));
        var ledger = DatameshProcess.Run(folder.Root, "ledger", "p.yaml", "--recount");
        Assert.True(ledger.ExitCode == 0, ledger.Output + ledger.Error);
    }

    private static readonly Lazy<IReadOnlyList<TableContents>> Undisturbed = new(() =>
    {
        using var folder = new CrashFolder(Pipeline(1));
        var result = DatameshProcess.Run(folder.Root, "run", "p.yaml");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        return folder.Tables;
    });
}
