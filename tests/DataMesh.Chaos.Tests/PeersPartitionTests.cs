using System.Globalization;
using System.Net;
using DataMesh.Client;
using DataMesh.Hosting.Redis.Tests;
using Xunit.Abstractions;

namespace DataMesh.Chaos.Tests;

/// <summary>The wires between the silos are cut, those to Redis are not: work goes on, wishes wait or are refused in time, and arrive when the wires are mended.</summary>
public sealed class PeersPartitionTests(ITestOutputHelper output)
{
    [Fact]
    public void Silos_that_are_cut_off_from_each_other_go_on_with_what_they_have()
    {
        if (ChaosCluster.IsLeftOut(output, "silos know by these wires who is alive; one that is cut off from the others is taken for dead and ends, as in SiloFrozenTests.")) return;
        using var cluster = new ChaosCluster();
        var wires = new List<Relay>();
        try
        {
            for (var i = 0; i < 2; i++)
            {
                // Others are told an address of this machine at which the wire begins; the silo itself listens at another one, at the same port.
                var (silo, told, port) = ($"127.0.0.{11 + i}", $"127.0.0.{21 + i}", RedisServer.FreePort());
                wires.Add(new Relay(new IPEndPoint(IPAddress.Parse(silo), port), new IPEndPoint(IPAddress.Parse(told), port)));
                cluster.Start(null, null, "--peers", string.Create(CultureInfo.InvariantCulture, $"{silo}:{port}"), "--advertise", told);
            }

            var runner = cluster.Begin();
            var other = cluster.Silos.First(silo => silo != runner);
            foreach (var wire in wires) wire.Cut();
            var watch = System.Diagnostics.Stopwatch.StartNew();
            var refused = Assert.Throws<AggregateException>(() => ChaosCluster.Ask(other, "pause"));
            Assert.IsType<SiloException>(refused.InnerException);
            Assert.True(watch.Elapsed < ChaosCluster.Patience);
            Assert.Contains(ChaosCluster.LookAround(other).Silos, silo => silo.State == "unreachable");
            cluster.Await(status => status.Phase == "waiting", runner);
            foreach (var wire in wires) wire.Mend();
            cluster.Validate();
            cluster.Await(_ => ChaosCluster.Ask(other, "pause").Desired == "paused", other);
        }
        finally
        {
            foreach (var wire in wires) wire.Dispose();
        }
    }
}
