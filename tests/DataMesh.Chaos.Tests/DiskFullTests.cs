using DataMesh.Cli.Tests.Crash;
using DataMesh.Tests;
using Xunit.Abstractions;

namespace DataMesh.Chaos.Tests;

/// <summary>The disk under the tables is full: the pipeline says so and waits, and goes on when there is room.</summary>
public sealed class DiskFullTests(ITestOutputHelper output)
{
    [Fact]
    public void A_full_disk_is_waited_for()
    {
        using var disk = SmallDisk.Mount("64m", out var refused);
        if (disk is null)
        {
            output.WriteLine($"Not shown on this machine: {refused}");
            return;
        }

        using var cluster = new ChaosCluster();
        Directory.CreateSymbolicLink(Path.Combine(cluster.Folder.Root, "lake"), Directory.CreateDirectory(Path.Combine(disk.Root, "lake")).FullName);
        for (var i = 0; i < 2; i++) cluster.Start();
        // The last file comes when the disk is full: however fast the others were read, there is something left to write.
        var last = Path.Combine(cluster.Folder.Root, $"day{CrashFolder.Files - 1}.csv");
        File.Move(last, last + ".later");
        cluster.Begin();
        Fill(disk);
        File.Move(last + ".later", last);
        var waits = cluster.Await(status => status.Phase == "pausing");
        Assert.Contains("space", waits.Error, StringComparison.Ordinal);
        disk.Free();
        cluster.Validate();
    }

    /// <summary>The pipeline takes its part of what is left meanwhile.</summary>
    private static void Fill(SmallDisk disk)
    {
        try
        {
            disk.Fill(0);
        }
        catch (IOException)
        {
        }
    }
}
