namespace DataMesh.Chaos.Tests;

/// <summary>SIGSTOP of the silo that runs the pipeline for longer than its lease, then SIGCONT: what wakes up believes that it still has everything.</summary>
public sealed class SiloFrozenTests
{
    [Fact]
    public void A_silo_that_sleeps_longer_than_its_lease_does_no_harm_when_it_wakes()
    {
        using var cluster = new ChaosCluster();
        for (var i = 0; i < 3; i++) cluster.Start();
        for (var round = 0; round < ChaosCluster.Rounds(1); round++)
        {
            if (round > 0) cluster.BeginAnew();
            var sleeper = cluster.Begin();
            var before = ChaosCluster.Look(sleeper).Id;
            sleeper.Signal("STOP");
            var awake = cluster.Silos.First(silo => silo != sleeper);
            var committed = cluster.Await(_ => true, awake).EpochsCommitted;
            cluster.Await(status => status.Tasks.Any(task => task.Silo != before) && (status.EpochsCommitted > committed || status.Phase == "waiting"), awake);
            sleeper.Signal("CONT");
            cluster.Validate();
            if (ChaosCluster.IsOnOrleans)
            {
                // It was taken for dead, and is to be started again by whoever watches over it.
                sleeper.AwaitEnd();
                cluster.End(sleeper);
                cluster.Start();
                continue;
            }

            cluster.Await(_ => ChaosCluster.Look(sleeper) is { State: "active" } now && now.Id != before, awake);
        }
    }
}
