using System.Net;
using Xunit.Abstractions;

namespace DataMesh.Chaos.Tests;

/// <summary>The wire between the working silo and Redis is cut: it stops itself, others go on, and it comes back as a new one.</summary>
public sealed class RedisPartitionTests(ITestOutputHelper output)
{
    [Fact]
    public void A_silo_that_is_cut_off_from_Redis_stops_itself_and_others_go_on()
    {
        if (ChaosCluster.IsLeftOut(output, "a silo stays a member without Redis as long as the others reach it; its turns wait.")) return;
        using var cluster = new ChaosCluster();
        var wires = new List<Relay>();
        try
        {
            for (var i = 0; i < 3; i++)
            {
                wires.Add(new Relay(new IPEndPoint(IPAddress.Loopback, cluster.Redis.Port)));
                cluster.Start(wires[i].Address);
            }

            for (var round = 0; round < ChaosCluster.Rounds(1); round++)
            {
                if (round > 0) cluster.BeginAnew();
                var alone = cluster.Begin();
                var wire = wires[cluster.Silos.ToList().IndexOf(alone)];
                var before = ChaosCluster.Look(alone).Id;
                wire.Cut();
                var other = cluster.Silos.First(silo => silo != alone);
                cluster.Await(status => status.Tasks.Count > 0 && status.Tasks.All(task => task.Silo != before), other);
                wire.Mend();
                cluster.Validate();
                cluster.Await(_ => ChaosCluster.Look(alone) is { State: "active" } now && now.Id != before, other);
            }
        }
        finally
        {
            foreach (var wire in wires) wire.Dispose();
        }
    }
}
