using System.Diagnostics;

namespace DataMesh.Cli.Tests;

public class StopSignalTests
{
    /// <summary>A log entry that is a pipe nobody writes to holds the run up for ever; that it was opened is known when the pipe's other end opens.</summary>
    [Fact]
    public async Task A_run_that_comes_to_no_barrier_ends_in_bounded_time_after_a_termination_signal()
    {
        using var folder = new TemporaryFolder().WithPeople();
        var log = Directory.CreateDirectory(Path.Combine(folder.Root, "lake", "people", "_delta_log")).FullName;
        var pipe = Path.Combine(log, $"{0:D20}.json");
        using (var make = Process.Start("mkfifo", [pipe])) await make.WaitForExitAsync();
        using var run = DatameshProcess.Start(folder.Root, [], "run", "p.yaml", "-q", "--stop-within", "200ms");
        var error = run.StandardError.ReadToEndAsync();
        await using var writer = await Task.Run(() => new FileStream(pipe, FileMode.Open, FileAccess.Write));
        using (var kill = Process.Start("kill", ["-TERM", $"{run.Id}"])) await kill.WaitForExitAsync();
        Assert.True(run.WaitForExit(TimeSpan.FromMinutes(2)), "the run did not end");
        Assert.Equal(130, run.ExitCode);
        Assert.Contains("No barrier came within 0.2 s", await error, StringComparison.Ordinal);
    }
}
