using DataMesh.Core.Storage;

namespace DataMesh.Cli.Tests.Crash;

/// <summary>
/// A process freezes in the middle of the protocol, another one on another machine (a state folder of its own, the same tables) does its work, and then
/// the frozen one wakes up. It must not commit anything a second time.
/// </summary>
public sealed class StaleProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(CrashPoints.EpochRead, 1)]
    [InlineData(CrashPoints.StageManifest, 2)]
    [InlineData(CrashPoints.Prepared, 2)]
    [InlineData(CrashPoints.CommitBegin, 3)]
    [InlineData(CrashPoints.CommitEntry, 1)]
    [InlineData(CrashPoints.CommitEnd, 1)]
    [InlineData(CrashPoints.CompleteBegin, 1)]
    [InlineData(CrashPoints.CompleteForgotten, 2)]
    public void A_frozen_process_that_wakes_up_after_another_did_its_work_commits_nothing_twice(string point, int time)
    {
        using var folder = new CrashFolder();
        using var stale = DatameshProcess.Start(folder.Root, [("DATAMESH_FREEZE_AT", $"{point}:{time}")], "run", "p.yaml", "--state", "stale");
        FrozenProcess.AwaitStop(stale);
        Assert.False(stale.HasExited, $"{point} was not reached");

        var other = DatameshProcess.Run(folder.Root, "run", "p.yaml", "--state", "other");
        Assert.True(other.ExitCode == 0, other.Output + other.Error);
        var expected = folder.Tables;

        FrozenProcess.Continue(stale);
        Assert.True(stale.WaitForExit(Patience), "the frozen process did not end after it woke up");
        Assert.Equal(expected.Select(table => table.Rows), folder.Tables.Select(table => table.Rows));
        Assert.Equal(expected.Select(table => table.Quarantine), folder.Tables.Select(table => table.Quarantine));
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "ledger", "p.yaml").ExitCode);
        using var undisturbed = new CrashFolder();
        Assert.Equal(0, DatameshProcess.Run(undisturbed.Root, "run", "p.yaml").ExitCode);
        Assert.Equal(undisturbed.Tables.Select(table => table.Rows), folder.Tables.Select(table => table.Rows));
    }

    [Fact]
    public void A_second_process_on_the_same_pipeline_is_refused_while_the_first_one_runs()
    {
        using var folder = new CrashFolder();
        using var first = DatameshProcess.Start(folder.Root, [("DATAMESH_FREEZE_AT", CrashPoints.Prepared)], "run", "p.yaml");
        FrozenProcess.AwaitStop(first);
        var second = DatameshProcess.Run(folder.Root, "run", "p.yaml");
        FrozenProcess.Continue(first);
        Assert.True(first.WaitForExit(Patience));
        Assert.Equal(0, first.ExitCode);
        Assert.Equal(1, second.ExitCode);
        Assert.Contains("is running already", second.Error, StringComparison.Ordinal);
    }
}
