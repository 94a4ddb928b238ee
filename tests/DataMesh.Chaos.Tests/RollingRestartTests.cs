namespace DataMesh.Chaos.Tests;

/// <summary>Three silos are asked to end and started again, one after the other, while the pipeline works.</summary>
public sealed class RollingRestartTests
{
    [Fact]
    public void Three_silos_are_restarted_one_after_the_other_under_load()
    {
        using var cluster = new ChaosCluster();
        for (var i = 0; i < 3; i++) cluster.Start();
        for (var round = 0; round < ChaosCluster.Rounds(1); round++)
        {
            if (round > 0) cluster.BeginAnew();
            cluster.Begin();
            foreach (var silo in cluster.Silos.ToList())
            {
                cluster.Start();
                Assert.Equal(0, silo.Terminate());
                cluster.End(silo);
            }

            cluster.Validate();
        }
    }
}
