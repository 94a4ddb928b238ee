using System.Collections.Concurrent;
using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.ControlPlane.Tasks;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Flow;
using DataMesh.Runtime.Groups.Remote;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Silos;

/// <summary>
/// Carries out the work of all grains of a silo. A run comes to be here with the first work for it, made from the stored text of its pipeline, and goes
/// when it ends: a pipeline that does nothing costs nothing here.
/// </summary>
public sealed class SiloWorker : IGrainWorker, IAsyncDisposable
{
    private static readonly TimeSpan LeftBehindTime = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, Lazy<Task<SiloRun>>> _runs = new();
    private readonly ComponentCatalog _catalog;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _epochs;
    private readonly ByteBudget _budget;
    private readonly SiloLog _log = new();
    private readonly Sampler _sampler;
    private ISiloHost? _host;

    /// <summary>A worker; it works when it is attached to its host.</summary>
    public SiloWorker(ComponentCatalog catalog, SiloLimits limits, TimeProvider clock)
    {
        (_catalog, Limits, _clock) = (catalog, limits, clock);
        _epochs = new SemaphoreSlim(limits.EpochsAtOnce);
        _budget = new ByteBudget(limits.BytesInFlight);
        _sampler = new Sampler(this, clock);
    }

    /// <summary>What the silo may use.</summary>
    public SiloLimits Limits { get; }

    /// <summary>Bytes of all runs in flight.</summary>
    public long BytesInFlight => _budget.Spent;

    /// <summary>The runs that are here now.</summary>
    public IReadOnlyList<SiloRun> Runs => [.. _runs.Values.Where(run => run is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }).Select(run => run.Value.Result)];

    /// <summary>What has been done since the silo started, over all runs that have gone.</summary>
    public SiloTotals Totals { get; } = new();

    /// <summary>Tells it where pipelines' texts and logs are.</summary>
    public void Attach(ISiloHost host)
    {
        _host = host;
        _log.Begin(host.Streams);
    }

    /// <inheritdoc/>
    public async Task<GrainEvent?> DoAsync(GrainId self, Work work, long fence, CancellationToken cancellation)
    {
        switch (work)
        {
            case StopAtBarrier stop:
                (await FindAsync(stop.RunId))?.Stop();
                return null;
            case ReportEnd end:
                return await EndAsync(end);
            case LeavePart leave:
                if (await FindAsync(leave.RunId) is { } left) await left.LeaveAsync(leave.Instance);
                return null;
        }

        var runId = (work as IRunWork)?.RunId ?? Runs.LastOrDefault(run => run.Name.Pipeline == self.Key)?.Run.RunId
            ?? throw new DataMeshException("There is no run to do this for.", detail: work.GetType().Name) { MayPass = true };
        var run = await UseAsync(runId, work, cancellation);
        var isLeaving = false;
        var ends = cancellation.Register(() =>
        {
            isLeaving = true;
            run.BeginLeaving();
        });
        try
        {
            return await run.DoAsync(self, work, fence, _epochs, cancellation);
        }
        finally
        {
            await ends.DisposeAsync();
            run.EndUse(cancellation.IsCancellationRequested, isLeaving);
        }
    }

    /// <inheritdoc/>
    public Task DrainAsync(string group, CancellationToken cancellation) => GrainGroup.TaskOf(group) is var (pipeline, number)
        ? Task.WhenAll(Runs.Where(run => run.Name.Pipeline == pipeline).Select(run => run.Run.Drains.DrainAsync(number, cancellation)))
        : Task.WhenAll(Runs.Where(run => run.Name.Pipeline == group).Select(run => run.DrainAsync(cancellation)));

    /// <inheritdoc/>
    public void Left(string group)
    {
        if (GrainGroup.TaskOf(group) is not var (pipeline, number)) return;
        foreach (var run in Runs.Where(run => run.Name.Pipeline == pipeline)) run.Run.Drains.GoOn(number);
    }

    /// <summary>Answers a task instance that lives in another silo, whose coordinator may be here.</summary>
    public async Task<GroupAnswer> AnswerAsync(GroupCall call, CancellationToken cancellation) =>
        await FindAsync(call.RunId) is { } run ? await run.AnswerAsync(call, cancellation) : new GroupAnswer(GroupOutcome.Elsewhere);

    /// <summary>Takes in what a task instance that lives in another silo sent to one that may be here.</summary>
    public async Task<ExchangeAnswer> AcceptAsync(ExchangeCall call, CancellationToken cancellation) =>
        await FindAsync(call.RunId) is { } run ? await run.AcceptAsync(call, cancellation) : ExchangeAnswer.Elsewhere;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _sampler.DisposeAsync();
        foreach (var run in Runs) await run.DisposeAsync();
        await _log.DisposeAsync();
        _epochs.Dispose();
    }

    private async Task<SiloRun?> FindAsync(string runId) => _runs.TryGetValue(runId, out var run) ? await run.Value : null;

    private async Task<SiloRun> UseAsync(string runId, Work work, CancellationToken cancellation)
    {
        if (work is Recover && !_runs.ContainsKey(runId) && RunName.TryParse(runId) is { } name) await CloseOthersAsync(name);
        while (true)
        {
            var opening = _runs.GetOrAdd(runId, static (id, worker) => new Lazy<Task<SiloRun>>(() => worker.OpenAsync(id)), this);
            try
            {
                var run = await opening.Value.WaitAsync(cancellation);
                if (run.TryUse(work)) return run;
                await CloseAsync(run, opening);
            }
            catch (Exception) when (opening.Value.IsFaulted)
            {
                _runs.TryRemove(KeyValuePair.Create(runId, opening));
                throw;
            }
        }
    }

    private async Task<SiloRun> OpenAsync(string runId)
    {
        var name = RunName.TryParse(runId) ?? throw new DataMeshException($"The run '{runId}' is none of a submitted pipeline.", hint: "submit the pipeline to this silo");
        var version = await _host!.Pipelines.FindAsync(name.Pipeline, name.Spec, CancellationToken.None)
            ?? throw new DataMeshException($"Version {name.Spec} of the pipeline '{name.Pipeline}' is not known any more.", hint: "submit it again");
        var definition = SpecOptions.Require(version, _catalog);
        var options = new RunOptions { RunId = runId, Cores = Limits.Cores, Budget = _budget, EpochBytes = Limits.EpochBytes, BlockBytes = Limits.BlockBytes, Parallelism = name.Parallelism > 0 ? name.Parallelism : null };
        var stop = new CancellationTokenSource();
        var run = new PipelineRun(definition, options, _clock, stop.Token);
        var self = new GrainId(GrainKind.Pipeline, name.Pipeline);
        run.Outcome.Told = message => _log.Add(self, LogLevel.Warning, message);
        _sampler.Wake();
        return new SiloRun(name, run, stop, _clock, _host);
    }

    /// <summary>
    /// A pipeline has one run at a time: when one begins, what is left of others that ended without being heard of goes. A late message for an earlier one
    /// begins nothing.
    /// </summary>
    private async Task CloseOthersAsync(RunName name)
    {
        foreach (var other in Runs.Where(run => run.Name.Pipeline == name.Pipeline && run.Name.Unique != name.Unique && !run.IsUsed)) await CloseAsync(other);
    }

    private async Task<GrainEvent?> EndAsync(ReportEnd end)
    {
        if (await FindAsync(end.RunId) is not { } run) return null;
        run.End();
        return new RunCounted(end.RunId, run.Totals());
    }

    /// <summary>Lets go of runs that have ended, and of those whose grains have moved to another silo.</summary>
    internal void CloseLeftBehind()
    {
        foreach (var run in Runs.Where(run => run.IsLeftBehind(LeftBehindTime))) _ = CloseAsync(run);
    }

    private Task CloseAsync(SiloRun run) => _runs.TryGetValue(run.Run.RunId, out var opened) ? CloseAsync(run, opened) : Task.CompletedTask;

    private async Task CloseAsync(SiloRun run, Lazy<Task<SiloRun>> opened)
    {
        if (_runs.TryRemove(KeyValuePair.Create(run.Run.RunId, opened))) Totals.Add(run);
        await run.DisposeAsync();
    }
}
