using System.Diagnostics;

namespace DataMesh.Cli.Tests.Crash;

/// <summary>A process that stops itself at a named step, as one does whose machine hangs.</summary>
internal static class FrozenProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Waits until the kernel shows the process as stopped (or it ended).</summary>
    public static void AwaitStop(Process process)
    {
        var until = DateTime.UtcNow + Patience;
        while (!process.HasExited)
        {
            var stat = File.ReadAllText($"/proc/{process.Id}/stat");
            if (stat[(stat.LastIndexOf(')') + 2)..].StartsWith('T')) return;
            Assert.True(DateTime.UtcNow < until, "the process neither stopped nor ended");
            Thread.Sleep(20);
        }
    }

    /// <summary>Wakes it up.</summary>
    public static void Continue(Process process)
    {
        using var kill = Process.Start("kill", ["-CONT", $"{process.Id}"]);
        kill.WaitForExit();
    }
}
