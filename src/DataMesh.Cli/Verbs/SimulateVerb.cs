using System.CommandLine;
using DataMesh.Cli.Simulations;
using DataMesh.Core.Errors;
using DataMesh.Hosting.Simulation.Faults;
using DataMesh.Hosting.Simulation.World;

namespace DataMesh.Cli.Verbs;

/// <summary><c>datamesh simulate</c>: a pipeline in a simulated cluster under faults.</summary>
internal static class SimulateVerb
{
    public static Command Create()
    {
        var file = CommonOptions.Pipeline();
        var seed = new Option<int>("--seed") { Description = "The first seed: faults and the order of everything follow from it.", DefaultValueFactory = _ => 1 };
        var seeds = new Option<int>("--seeds") { Description = "How many seeds to try.", DefaultValueFactory = _ => 20 };
        var silos = new Option<int>("--silos") { Description = "Silos of the simulated cluster.", DefaultValueFactory = _ => 3 };
        var killRate = new Option<double>("--kill-rate") { Description = "Share of the steps of the commit protocol at which a silo is killed.", DefaultValueFactory = _ => 0.05 };
        var rows = new Option<int>("--rows") { Description = "Rows to take of each source file.", DefaultValueFactory = _ => 2000 };
        var without = new Option<string[]>("--without") { Description = $"Kinds of faults to leave out: {string.Join(", ", FaultMix.Kinds)}.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        without.AcceptOnlyFromAmong([.. FaultMix.Kinds]);
        var history = new Option<bool>("--history") { Description = "Print everything that happens in the cluster." };
        var command = new Command("simulate", "Run a pipeline in a simulated cluster that suffers faults, on the first rows of its sources, and say whether what is guaranteed held. Writes to a scratch folder only.")
        {
            file, seed, seeds, silos, killRate, rows, without, history,
        };
        command.Act(async (parsed, cancellation) =>
        {
            var settings = new SimulationSettings(
                parsed.GetValue(file)!, parsed.GetValue(seed), parsed.GetValue(seeds), parsed.GetValue(silos), parsed.GetValue(killRate), parsed.GetValue(rows), parsed.GetValue(without)!, parsed.GetValue(history));
            Check(settings);
            if (!SinglePool.Take()) throw new DataMeshException("This process can not do one thing at a time, and would be another one each time.");
            return await RunAsync(settings, cancellation);
        });
        return command;
    }

    private static void Check(SimulationSettings settings)
    {
        if (settings.Seeds < 1) throw new DataMeshException("--seeds must be at least 1.");
        if (settings.Silos is < 1 or > 9) throw new DataMeshException("--silos must be from 1 to 9.");
        if (settings.KillRate is < 0 or > 1) throw new DataMeshException("--kill-rate must be from 0 to 1.");
        if (settings.Rows < 1) throw new DataMeshException("--rows must be at least 1.");
    }

    private static async Task<int> RunAsync(SimulationSettings settings, CancellationToken cancellation)
    {
        var definition = PipelineLoading.Load(settings.File);
        var memory = new DirectoryInfo("/dev/shm");
        var root = Path.Combine(memory.Exists ? memory.FullName : Path.GetTempPath(), $"datamesh-simulate-{Environment.ProcessId}");
        try
        {
            return await new Simulation(settings, definition, root).RunAsync(cancellation) ? ExitCodes.Done : ExitCodes.Failed;
        }
        finally
        {
            if (Directory.Exists(root)) Directory.Delete(root, recursive: true);
        }
    }
}
