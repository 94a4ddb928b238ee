using DataMesh.ControlPlane.Pipelines;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;
using DataMesh.Core.Storage;
using DataMesh.Hosting.Simulation.Agreement;
using DataMesh.Hosting.Simulation.Faults;
using DataMesh.Hosting.Simulation.Silos;
using DataMesh.Hosting.Simulation.World;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Silos;

namespace DataMesh.Hosting.Simulation.Trials;

/// <summary>
/// Runs a pipeline in a simulated cluster that suffers faults: the real machines, shells, data path and commit protocol, on real files in a folder of its own.
/// One trial at a time in a process, which has one thread in its pool.
/// </summary>
public sealed class Trial
{
    private const long StepsMax = 3_000_000;

    /// <summary>After the last fault has healed, everything has to come to its end within this time.</summary>
    private static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(10);

    private readonly Scene _scene;
    private readonly string _root;
    private readonly TrialOptions _options;
    private readonly SimulatedWorld _world;
    private readonly SimulatedCluster _cluster;
    private readonly SimulatedProcess _operator;
    private readonly FaultPlan _faults;
    private readonly List<string> _violations = [];

    private Trial(Scene scene, string root, TrialOptions options)
    {
        (_scene, _root, _options) = (scene, root, options);
        _world = new SimulatedWorld(options.Seed);
        _operator = _world.Start("operator");
        _cluster = new SimulatedCluster(_world, new AgreementServer(_world) { Fences = options.Fences }, SiloTimes.Default);
        (_cluster.Network.DelayMax, _cluster.Network.Loss, _cluster.Network.Doubling) = (TimeSpan.FromMilliseconds(options.Mix.DelayMsMax), options.Mix.Loss, options.Mix.Doubling);
        _faults = new FaultPlan(_cluster, _operator, options.Mix, StartSilo) { Told = Tell, TellsSteps = options.TellsSteps };
        _cluster.Told = Tell;
    }

    /// <summary>Runs a trial in an empty folder.</summary>
    public static async Task<TrialOutcome> RunAsync(Scene scene, string root, TrialOptions options)
    {
        var trial = new Trial(scene, root, options);
        CrashPoint.Observer = static point => SimulatedProcess.Current?.Come(point);
        FileLock.Simulated = new SimulatedLocks().TryTake;
        try
        {
            return await trial.RunAsync();
        }
        finally
        {
            CrashPoint.Observer = null;
            FileLock.Simulated = null;
            trial._world.End();
        }
    }

    private async Task<TrialOutcome> RunAsync()
    {
        var folder = Path.Combine(_root, _scene.Folder);
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, _scene.File), _scene.Text);
        _scene.Fill(folder);
        SetTimes();
        var definition = Require(PipelineReader.ReadText(_scene.Text, Path.Combine(folder, _scene.File), _options.Catalog));
        var input = TrialContents.FilesOf(_root);
        for (var i = 0; i < _options.Silos; i++) StartSilo();
        _world.AfterStep = _faults.AfterStep;
        using var watch = new StateWatch(_cluster.Server, _violations);
        await LiveAsync(new TrialOperator(_cluster, _operator, _scene, folder, definition), folder, input);
        foreach (var silo in _cluster.Silos.ToList()) _cluster.Remove(silo);
        await TrialChecks.CheckAsync(definition, _root, _scene.BlockBytes, _violations);
        return new TrialOutcome(
            TrialContents.Read(_root, input), [.. _violations.Distinct()], _world.Trace.ToString(), _world.Steps, _world.Now, _faults.Faults, _faults.Reached, _faults.Struck);
    }

    private async Task LiveAsync(TrialOperator person, string folder, HashSet<string> input)
    {
        var ended = _operator.RunAsync(async () =>
        {
            Note(await person.RunAsync());
            if (_scene.FillMore is { } more)
            {
                more(folder);
                SetTimes();
                input.UnionWith(TrialContents.FilesOf(folder).Where(file => !IsOurs(file)));
                Note(await person.RunAsync());
            }

            // Once more, to see that nothing is done twice.
            Note(await person.RunAsync());
        });
        var isStuck = false;
        await SinglePool.RunAsync(_world, () => ended.IsCompleted || (isStuck = _world.Steps > StepsMax || _world.Now - _faults.QuietSince > EndsWithin));
        if (ended.IsFaulted) throw new InvalidOperationException("The trial itself failed.", ended.Exception!.InnerException);
        if (!ended.IsCompleted) _violations.Add($"liveness: after {_world.Now.TotalSeconds:0} s and {_world.Steps} steps the pipeline is still {person.State?.Phase.ToString() ?? "unknown"}, with all faults healed");
    }

    private static bool IsOurs(string file) => file.Split(Path.DirectorySeparatorChar).Any(part => part is "_delta_log" or "_datamesh" or "_quarantine") || file.EndsWith(".parquet", StringComparison.Ordinal);

    private void Note(PipelineState end)
    {
        Tell($"the run has ended: {end.Phase}{(end.Error is null ? "" : $" ({end.Error})")}");
        if (end.Phase is not (PipelinePhase.Done or PipelinePhase.NothingNew or PipelinePhase.Waiting)) _violations.Add($"the pipeline came to the end '{end.Phase}': {end.Error}");
    }

    private SimulatedSilo StartSilo()
    {
        SiloWorker? worker = null;
        var limits = new SiloLimits { Cores = 1, EpochBytes = _scene.EpochBytes, BlockBytes = _scene.BlockBytes };
        var silo = _cluster.Add(process =>
        {
            worker = new SiloWorker(_options.Catalog, limits, process.Clock);
            return new GrainActivator(new TellingWorker(worker, _options.TellsSteps ? line => Tell($"{process.Name} {line}") : null));
        });
        (silo.Groups, silo.Rows) = (worker!.AnswerAsync, worker.AcceptAsync);
        silo.Process.AtPoint = point => _faults.Judge(silo, point);
        _ = silo.Process.RunAsync(async () =>
        {
            worker.Attach(silo);
            await silo.StartAsync(default);
        });
        return silo;
    }

    /// <summary>Files are as old as the world is: none of them is still being written.</summary>
    private void SetTimes()
    {
        var at = SimulatedWorld.Beginning.AddDays(-1).UtcDateTime;
        foreach (var file in Directory.EnumerateFiles(_root, "*", SearchOption.AllDirectories)) File.SetLastWriteTimeUtc(file, at);
    }

    private static PipelineDefinition Require(PipelineReading reading) => reading.Definition ?? throw DataMeshException.Of(
        [.. reading.Problems.Where(problem => problem.Severity == ProblemSeverity.Error).Select(problem => new DataMeshException(problem.Message, problem.Location, problem.Detail, problem.Hint))]);

    private void Tell(string line) => _options.Told?.Invoke(FormattableString.Invariant($"{_world.Now.TotalSeconds,9:0.0000} s  {line}"));
}
