using Xunit.Abstractions;

namespace DataMesh.Chaos.Tests;

/// <summary>The clocks of silos are wrong by hours, one ahead and one behind, and the pipeline moves between them.</summary>
public sealed class ClockMovedTests(ITestOutputHelper output)
{
    [Fact]
    public void Silos_whose_clocks_are_hours_apart_agree_all_the_same()
    {
        if (ChaosCluster.IsLeftOut(output, "its membership compares the silos' clocks: one that joins with a clock far behind is taken for one that gave up.")) return;
        var library = new[] { "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1" }.FirstOrDefault(File.Exists);
        Assert.True(library is not null, "libfaketime is missing: install Debian's package faketime (test.sh does).");
        using var cluster = new ChaosCluster();
        foreach (var hours in (ReadOnlySpan<string>)["+5h", "-5h", "+0h"])
            cluster.Start(null, [("LD_PRELOAD", library), ("FAKETIME", hours), ("DONT_FAKE_MONOTONIC", "1"), ("FAKETIME_DONT_FAKE_MONOTONIC", "1")]);
        var victim = cluster.Begin();
        for (var move = 0; move < 2; move++)
        {
            var committed = cluster.Await(_ => true).EpochsCommitted;
            Assert.Equal(0, victim.Terminate());
            cluster.End(victim);
            victim = cluster.Runner(status => status.EpochsCommitted > committed || status.Phase == "waiting");
            if (move == 0) cluster.Start();
        }

        cluster.Validate();
    }
}
