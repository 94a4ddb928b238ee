namespace DataMesh.Chaos.Tests;

/// <summary>SIGKILL of the silo that runs the pipeline, again and again.</summary>
public sealed class SiloKilledTests
{
    [Fact]
    public void The_silo_that_works_is_killed_again_and_again()
    {
        using var cluster = new ChaosCluster();
        for (var i = 0; i < 3; i++) cluster.Start();
        for (var round = 0; round < ChaosCluster.Rounds(1); round++)
        {
            if (round > 0) cluster.BeginAnew();
            var victim = cluster.Begin();
            for (var kill = 0; kill < 2; kill++)
            {
                var committed = cluster.Await(status => status.Tasks.Count > 0).EpochsCommitted;
                victim.Kill();
                cluster.End(victim);
                cluster.Start();
                victim = cluster.Runner(status => status.EpochsCommitted > committed || status.Phase == "waiting");
            }

            cluster.Validate();
        }
    }

    [Fact]
    public void All_silos_are_killed_at_once_and_others_come()
    {
        using var cluster = new ChaosCluster();
        for (var i = 0; i < 2; i++) cluster.Start();
        cluster.Begin();
        foreach (var silo in cluster.Silos.ToList())
        {
            silo.Kill();
            cluster.End(silo);
        }

        cluster.Start();
        cluster.Validate();
    }
}
