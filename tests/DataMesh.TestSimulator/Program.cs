using System.Diagnostics;
using System.Globalization;
using DataMesh.Core.Components;
using DataMesh.Core.Storage;
using DataMesh.DataPlane;
using DataMesh.Hosting.Simulation.Faults;
using DataMesh.Hosting.Simulation.Trials;
using DataMesh.Hosting.Simulation.World;

namespace DataMesh.TestSimulator;

/// <summary>
/// Tries seeds on the scenes, in a process that has one thread in its pool: <c>DataMesh.TestSimulator SCENE|all|tables FIRST COUNT [-v|-vv] [-t] [without
/// fencing|idempotence|prepare]</c>. A line per seed that fails,
/// with the command that replays it; figures at the end.
/// </summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (!SinglePool.Take()) throw new InvalidOperationException("The thread pool can not be made to have one thread.");
        var catalog = ComponentCatalog.Scan(typeof(DataPath).Assembly, System.Reflection.Assembly.Load("DataMesh.Connectors"));
        var (first, count) = (int.Parse(args[1], CultureInfo.InvariantCulture), int.Parse(args[2], CultureInfo.InvariantCulture));
        var scenes = Scenes.All.Where(scene => args[0] == "all" || scene.Name == args[0] || (args[0] == "tables" && !scene.Text.Contains("type: file", StringComparison.Ordinal))).ToList();
        Sabotage.CommitsAgain = args.Contains("idempotence");
        Sabotage.PreparesNothing = args.Contains("prepare");
        Sabotage.IgnoresTokens = args.Contains("fencing");
        var isVerbose = args.Contains("-v") || args.Contains("-vv");
        var undisturbed = new Dictionary<string, TrialContents>();
        var (failed, steps, faults, watch) = (0, 0L, 0, Stopwatch.StartNew());
        var (reached, struck) = (new SortedDictionary<string, int>(StringComparer.Ordinal), new SortedDictionary<string, int>(StringComparer.Ordinal));
        for (var seed = first; seed < first + count; seed++)
        {
            var scene = scenes[seed % scenes.Count];
            if (!undisturbed.TryGetValue(scene.Name, out var expected))
            {
                var calm = await TryAsync(scene, new TrialOptions(catalog, 1) { Silos = 1, Told = isVerbose ? Console.Out.WriteLine : null });
                undisturbed[scene.Name] = expected = calm.Contents;
                if (isVerbose) foreach (var (target, rows) in expected.Targets) Console.WriteLine($"{scene.Name}: {target} {rows.Count}");
                foreach (var violation in calm.Violations) Console.WriteLine($"{scene.Name} undisturbed: {violation}");
            }

            var mix = FaultMix.Draw(new Random(seed), 0.05);
            if (args.Contains("without")) mix = mix with { Freezes = true, FaultsMax = 20 };
            if (isVerbose) Console.WriteLine($"seed {seed} {scene.Name}: {mix}");
            var outcome = await TryAsync(scene, new TrialOptions(catalog, seed) { Mix = mix, Fences = !args.Contains("fencing"), TellsSteps = args.Contains("-vv"), Told = isVerbose ? Console.Out.WriteLine : null });
            (steps, faults) = (steps + outcome.Steps, faults + outcome.Faults);
            foreach (var (point, times) in outcome.Reached) reached[point] = reached.GetValueOrDefault(point) + times;
            foreach (var (point, times) in outcome.Struck) struck[point] = struck.GetValueOrDefault(point) + times;
            List<string> violations = [.. outcome.Violations, .. outcome.Contents.DifferencesFrom(expected)];
            if (args.Contains("-t")) Console.WriteLine($"trace {seed} {outcome.Trace} {outcome.Steps}");
            if (violations.Count == 0) continue;
            failed++;
            Console.WriteLine($"FAILED {scene.Name} seed {seed}: dotnet run --project tests/DataMesh.TestSimulator -- {args[0]} {seed} 1 {string.Join(' ', args.Skip(3))}");
            foreach (var violation in violations) Console.WriteLine($"  {violation}");
            if (args.Contains("without") && !args.Contains("nothing")) break;
        }

        foreach (var (point, times) in reached) Console.WriteLine($"point {point} {times} {struck.GetValueOrDefault(point)}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seeds {count} failed {failed} steps {steps} faults {faults} seconds {watch.Elapsed.TotalSeconds:0.0}"));
        return failed == 0 ? 0 : 1;
    }

    private static async Task<TrialOutcome> TryAsync(Scene scene, TrialOptions options)
    {
        var root = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"datamesh-{Environment.ProcessId}");
        Directory.CreateDirectory(root);
        try
        {
            return await Trial.RunAsync(scene, root, options);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
