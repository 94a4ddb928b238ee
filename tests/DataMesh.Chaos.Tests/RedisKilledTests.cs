using Xunit.Abstractions;

namespace DataMesh.Chaos.Tests;

/// <summary>SIGKILL of Redis: it comes back at once, after all silos have stopped themselves, or without the end of its file.</summary>
public sealed class RedisKilledTests(ITestOutputHelper output)
{
    [Fact]
    public void Redis_is_killed_and_comes_back_at_once()
    {
        using var cluster = new ChaosCluster();
        for (var i = 0; i < 2; i++) cluster.Start();
        for (var round = 0; round < ChaosCluster.Rounds(2); round++)
        {
            if (round > 0) cluster.BeginAnew();
            cluster.Begin();
            cluster.Redis.Kill();
            cluster.Redis.Start();
            cluster.Validate();
        }
    }

    [Fact]
    public void Redis_is_away_for_longer_than_sessions_last()
    {
        if (ChaosCluster.IsLeftOut(output, "no session ends with Redis: silos stay members, and turns wait.")) return;
        using var cluster = new ChaosCluster();
        for (var i = 0; i < 2; i++) cluster.Start();
        cluster.Begin();
        cluster.Redis.Kill();
        foreach (var silo in cluster.Silos) SpinWait.SpinUntil(() => ChaosCluster.Look(silo).State == "leaving", ChaosCluster.Patience);
        cluster.Redis.Start();
        cluster.Validate();
    }

    [Fact]
    public void Redis_comes_back_without_the_end_of_its_file()
    {
        if (ChaosCluster.IsLeftOut(output, "silos do not tell Redis again what it lost (docs/mechanisms/orleans.md).")) return;
        using var cluster = new ChaosCluster();
        for (var i = 0; i < 2; i++) cluster.Start();
        for (var round = 0; round < ChaosCluster.Rounds(1); round++)
        {
            if (round > 0) cluster.BeginAnew();
            cluster.Begin();
            var length = new FileInfo(cluster.Redis.AppendOnlyFile).Length;
            cluster.Await(status => status.EpochsCommitted >= 5);
            cluster.Redis.Kill();
            cluster.Redis.CutWithinTheCommandAt(length);
            cluster.Redis.Start();
            cluster.Validate();
        }
    }
}
