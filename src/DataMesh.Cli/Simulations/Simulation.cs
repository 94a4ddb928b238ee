using System.Globalization;
using DataMesh.Core.Pipelines;
using DataMesh.Hosting.Simulation.Faults;
using DataMesh.Hosting.Simulation.Trials;

namespace DataMesh.Cli.Simulations;

/// <summary>What to simulate.</summary>
/// <param name="File">The pipeline file, as it was named.</param>
/// <param name="Seed">The first seed.</param>
/// <param name="Seeds">How many.</param>
/// <param name="Silos">Silos of the cluster.</param>
/// <param name="KillRate">Share of the steps of the commit protocol at which a silo is killed.</param>
/// <param name="Rows">Rows of each source file.</param>
/// <param name="Without">Kinds of faults that are left out.</param>
/// <param name="TellsAll">Whether everything that happens is told.</param>
internal sealed record SimulationSettings(string File, int Seed, int Seeds, int Silos, double KillRate, int Rows, IReadOnlyList<string> Without, bool TellsAll)
{
    /// <summary>The command that tries one of its seeds again.</summary>
    public string Replay(int seed) => string.Create(
        CultureInfo.InvariantCulture, $"datamesh simulate {File} --seed {seed} --seeds 1 --silos {Silos} --kill-rate {KillRate} --rows {Rows}{string.Concat(Without.Select(kind => $" --without {kind}"))} --history");
}

/// <summary>Tries seeds on a user's pipeline and holds each to what an undisturbed run gives.</summary>
internal sealed class Simulation(SimulationSettings settings, PipelineDefinition definition, string root)
{
    private readonly SortedDictionary<string, int> _struck = new(StringComparer.Ordinal);
    private int _faults;
    private int _failed;
    private TimeSpan _time;

    /// <summary>Runs; true when everything held.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        var (scene, files, bytes) = await SampledScene.MakeAsync(definition, root, settings.Rows, cancellation);
        Print($"Simulating '{definition.Name}' on {bytes:N0} bytes of {files} {(files == 1 ? "file" : "files")}, with {settings.Silos} {(settings.Silos == 1 ? "silo" : "silos")}.");
        var undisturbed = await TryAsync(scene, settings.Seed, FaultMix.None, silos: 1);
        if (undisturbed.Violations.Count > 0)
        {
            Tell("Even the undisturbed run does not hold", undisturbed.Violations);
            return false;
        }

        foreach (var (target, rows) in undisturbed.Contents.Targets) Print($"  undisturbed: {Short(target)} {rows.Count:N0} rows");
        for (var seed = settings.Seed; seed < settings.Seed + settings.Seeds; seed++)
        {
            cancellation.ThrowIfCancellationRequested();
            await TryAsync(scene, seed, undisturbed.Contents);
        }

        Summarise();
        return _failed == 0;
    }

    private async Task TryAsync(Scene scene, int seed, TrialContents expected)
    {
        var mix = settings.Without.Aggregate(FaultMix.Draw(new Random(seed), settings.KillRate), (drawn, kind) => drawn.Without(kind));
        if (settings.TellsAll) Print($"seed {seed}: {mix}");
        var outcome = await TryAsync(scene, seed, mix, settings.Silos);
        (_faults, _time) = (_faults + outcome.Faults, _time + outcome.Time);
        foreach (var (point, times) in outcome.Struck) _struck[point] = _struck.GetValueOrDefault(point) + times;
        List<string> violations = [.. outcome.Violations, .. outcome.Contents.DifferencesFrom(expected)];
        if (violations.Count == 0) return;
        _failed++;
        Tell($"seed {seed} VIOLATED, under {mix}", violations);
        if (outcome.Contents.DifferencesFrom(expected).Any() && await DependsOnOrderAsync(scene, seed, expected))
            Print("  The rows differ without any fault too: what this pipeline gives depends on the order in which splits and rows are read.");
        Print($"  again: {settings.Replay(seed)}");
    }

    /// <summary>Whether an undisturbed run whose steps come in another order gives other rows.</summary>
    private async Task<bool> DependsOnOrderAsync(Scene scene, int seed, TrialContents expected)
    {
        for (var other = seed; other < seed + 5; other++)
            if ((await TryAsync(scene, other, FaultMix.None, settings.Silos, isQuiet: true)).Contents.DifferencesFrom(expected).Any()) return true;
        return false;
    }

    private async Task<TrialOutcome> TryAsync(Scene scene, int seed, FaultMix mix, int silos, bool isQuiet = false)
    {
        if (Directory.Exists(root)) Directory.Delete(root, recursive: true);
        Directory.CreateDirectory(root);
        var isTold = settings.TellsAll && !isQuiet && mix != FaultMix.None;
        return await Trial.RunAsync(scene, root, new TrialOptions(Composition.Catalog, seed) { Silos = silos, Mix = mix, Told = isTold ? Print : null, TellsSteps = isTold });
    }

    private void Summarise()
    {
        var seeds = settings.Seeds == 1 ? "1 seed" : $"{settings.Seeds:N0} seeds";
        Print($"{seeds}, {_faults:N0} faults, {_time.TotalMinutes:N1} minutes of simulated time.");
        if (_struck.Count > 0) Print($"  killed or frozen at: {string.Join(", ", _struck.Select(point => $"{point.Key} {point.Value}"))}");
        Print(_failed == 0
            ? "Everything held: rows and quarantine as undisturbed, ledger closed, one owner at a time, no position back, an end after the last fault."
            : $"{_failed:N0} of {seeds} violated what is guaranteed.");
    }

    private static void Tell(string what, IReadOnlyList<string> violations)
    {
        Print($"{what}:");
        foreach (var violation in violations) Print($"  {violation}");
    }

    private string Short(string target)
    {
        var folder = Path.GetDirectoryName(definition.File)![1..] + Path.DirectorySeparatorChar;
        return target.StartsWith(folder, StringComparison.Ordinal) ? target[folder.Length..] : "/" + target;
    }

    private static void Print(string line) => Console.Out.WriteLine(line);
}
