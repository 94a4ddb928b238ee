using System.Text.Json;
using DataMesh.Client.Contract;
using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.Runtime;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Silos;
using Microsoft.AspNetCore.Http;
using TaskStatus = DataMesh.Client.Contract.TaskStatus;

namespace DataMesh.Api.Operations;

/// <summary>
/// Where pipelines stand: what their grains have stored, which every silo can read, with what the silos say that run them.
/// </summary>
internal sealed class Statuses(SiloServices silo)
{
    private static readonly PipelineState Never = new PipelineMachine().Initial;

    /// <summary>The grain of a pipeline.</summary>
    public static GrainId GrainOf(string name) => new(GrainKind.Pipeline, name);

    /// <summary>One pipeline.</summary>
    public async Task<PipelineStatus> OneAsync(string name, CancellationToken cancellation)
    {
        var newest = await RequireAsync(name, cancellation);
        return Make(newest, await StateAsync(name, cancellation), await LiveAsync(cancellation));
    }

    /// <summary>A page of pipelines.</summary>
    public async Task<PipelineList> PageAsync(string after, int limit, CancellationToken cancellation)
    {
        var live = LiveAsync(cancellation);
        var newest = await silo.Host.Pipelines.NewestAsync(after, limit, cancellation);
        var states = await Task.WhenAll(newest.Select(version => StateAsync(version.Name, cancellation)));
        var runs = await live;
        return new PipelineList([.. newest.Select((version, i) => Make(version, states[i], runs))], newest.Count < limit ? null : newest[^1].Name);
    }

    /// <summary>The state of a pipeline's grain.</summary>
    public async Task<PipelineState> StateAsync(string name, CancellationToken cancellation) =>
        await silo.Host.States.ReadAsync(GrainOf(name), cancellation) is { } stored ? JsonSerializer.Deserialize(stored.Json, RuntimeJson.Default.PipelineState) ?? Never : Never;

    /// <summary>The newest version of a pipeline, or a refusal.</summary>
    public async Task<PipelineVersion> RequireAsync(string name, CancellationToken cancellation)
    {
        if (await silo.Host.Pipelines.FindAsync(name, 0, cancellation) is { } version) return version;
        var near = Core.Errors.Nearest.Find(name, await silo.Host.Pipelines.ListAsync("", 1000, cancellation));
        throw new ApiException(
            StatusCodes.Status404NotFound, $"There is no pipeline '{name}' here.", hint: near is null ? "'datamesh list' shows what there is" : $"did you mean '{near}'?");
    }

    private async Task<ILookup<string, LiveRun>> LiveAsync(CancellationToken cancellation)
    {
        var others = silo.Peers is { } peers ? await peers.AskAsync(cancellation) : [];
        return silo.RunsHere.Select(run => LiveRuns.Of(run, silo.Host.SiloId)).Concat(others.SelectMany(other => other.Live)).ToLookup(run => run.RunId);
    }

    private PipelineStatus Make(PipelineVersion newest, PipelineState state, ILookup<string, LiveRun> live)
    {
        var options = SpecOptions.Of(newest);
        var parts = live[state.RunId].ToList();
        var isActive = state.IsActive && parts.Count > 0;
        return new PipelineStatus
        {
            Name = newest.Name,
            Desired = Words.Of(state.Desired),
            Phase = Words.Of(state.Phase),
            IsStopping = state.IsStopping,
            Version = state.Spec,
            NewestVersion = newest.Version,
            TextHash = state.Version,
            RunId = state.RunId,
            SubmittedAt = newest.SubmittedAt,
            StartedAt = isActive ? parts.Min(part => part.StartedAt) : null,
            Folder = newest.BaseFolder,
            Trigger = options.Trigger,
            Parallelism = state.Parallelism > 0 ? state.Parallelism : options.Parallelism,
            Epoch = isActive ? parts.Max(part => part.Epoch) : -1,
            EpochsCommitted = state.EpochsCommitted,
            Restarts = state.Restarts,
            BacklogSplits = state.Pending,
            BacklogBytes = isActive && parts.Any(part => part.BacklogBytes >= 0) ? parts.Sum(part => Math.Max(0, part.BacklogBytes)) : state.PendingBytes,
            Counts = CountsOf(state, parts),
            Tasks = isActive ? TasksOf(parts) : [],
            Error = state.Error,
        };
    }

    /// <summary>The tasks that read side by side, in whatever silos; their coordinator while they do not.</summary>
    private static IReadOnlyList<TaskStatus> TasksOf(List<LiveRun> parts)
    {
        List<TaskStatus> all = [.. parts.SelectMany(part => part.Tasks).OrderBy(task => task.Id, StringComparer.Ordinal)];
        return all.Exists(task => !LiveRuns.IsCoordinator(task)) ? [.. all.Where(task => !LiveRuns.IsCoordinator(task))] : all;
    }

    /// <summary>What its silos say, or what is known to be committed: while nobody runs it, or has only just taken it up.</summary>
    private static RunCounts CountsOf(PipelineState state, List<LiveRun> parts)
    {
        if (parts.Count > 0 && LiveRuns.Sum(parts) is var live && (live.BytesRead > 0 || state.LastRun is null)) return live;
        return state.LastRun is not { } totals ? new RunCounts() : new RunCounts
        {
            BytesRead = totals.BytesRead,
            RowsRead = totals.RowsRead,
            RowsWritten = totals.RowsWritten,
            Quarantined = totals.Quarantined,
            Stages = [.. totals.Stages.Select(LedgerLines.ToStatus)],
        };
    }
}
