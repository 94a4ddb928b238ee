using System.CommandLine;
using System.Globalization;
using DataMesh.Cli.Output;
using DataMesh.Cli.Silos;
using DataMesh.Client.Contract;

namespace DataMesh.Cli.Verbs.Silos;

/// <summary><c>datamesh cluster</c>: the silos, what they hold, how loaded they are.</summary>
internal static class ClusterVerb
{
    public static Command Create()
    {
        var leases = new Option<bool>("--leases") { Description = "Show the leases: which group of grains lives on which silo." };
        var connection = new SiloConnection();
        return connection.Act(new Command("cluster", "Show the silos: where they answer, the grains that live on them, their load.") { leases }, async (parsed, client) =>
        {
            var cluster = await client.ClusterAsync(parsed.GetValue(leases));
            if (parsed.GetValue(connection.Json)) ContractPrinter.Print(cluster);
            else Print(cluster, parsed.GetValue(leases));
            return ExitCodes.Done;
        });
    }

    private static void Print(ClusterStatus cluster, bool withLeases)
    {
        Terminal.Line($"{Terminal.Bold(cluster.Name)}: {cluster.Silos.Count} {(cluster.Silos.Count == 1 ? "silo" : "silos")}");
        var table = new TextTable("silo", "state", "address", "since", "grains", "running", "runs", "in flight", "of", "memory", "CPU s").Right(4, 5, 6, 7, 8, 9, 10);
        foreach (var silo in cluster.Silos)
        {
            table.Add(
                silo.Id, silo.State, silo.Address, silo.StartedAt?.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "", TextTable.Number(silo.GrainsActive),
                TextTable.Number(silo.GroupsRunning), TextTable.Number(silo.Runs), Units.Bytes(silo.BytesInFlight), Units.Bytes(silo.BytesBudget), Units.Bytes(silo.MemoryBytes),
                silo.CpuSeconds.ToString("0.0", CultureInfo.InvariantCulture));
        }

        table.Print();
        if (!withLeases) return;
        var leases = new TextTable("group", "silo", "fencing token", "kept running").Right(2);
        foreach (var lease in cluster.Leases) leases.Add(lease.Group, lease.Silo ?? "waits for adoption", lease.Fence.ToString(CultureInfo.InvariantCulture), lease.KeepsRunning ? "yes" : "no");
        Terminal.Line();
        leases.Print();
    }
}
