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
        var grains = new Option<bool>("--grains") { Description = "Show the groups of grains that each silo holds the lease of." };
        var connection = new SiloConnection();
        return connection.Act(new Command("cluster", "Show the silos: where they answer, the grains and leases they hold, their load.") { grains }, async (parsed, client) =>
        {
            var cluster = await client.ClusterAsync(parsed.GetValue(grains));
            if (parsed.GetValue(connection.Json)) ContractPrinter.Print(cluster);
            else Print(cluster, parsed.GetValue(grains));
            return ExitCodes.Done;
        });
    }

    private static void Print(ClusterStatus cluster, bool withGrains)
    {
        Terminal.Line($"{Terminal.Bold(cluster.Name)}: {cluster.Silos.Count} {(cluster.Silos.Count == 1 ? "silo" : "silos")}");
        var table = new TextTable("silo", "state", "address", "since", "grains", "leases", "runs", "in flight", "of", "memory", "CPU s").Right(4, 5, 6, 7, 8, 9, 10);
        foreach (var silo in cluster.Silos)
        {
            table.Add(
                silo.Id, silo.State, silo.Address, silo.StartedAt?.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "", TextTable.Number(silo.GrainsActive),
                TextTable.Number(silo.Leases), TextTable.Number(silo.Runs), Units.Bytes(silo.BytesInFlight), Units.Bytes(silo.BytesBudget), Units.Bytes(silo.MemoryBytes),
                silo.CpuSeconds.ToString("0.0", CultureInfo.InvariantCulture));
        }

        table.Print();
        if (!withGrains) return;
        foreach (var silo in cluster.Silos)
            foreach (var grain in silo.Grains) Terminal.Line($"{silo.Id}  {grain}");
    }
}
