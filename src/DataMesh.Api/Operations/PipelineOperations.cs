using DataMesh.Client.Contract;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Runs;
using DataMesh.Runtime.Silos;
using Microsoft.AspNetCore.Http;

namespace DataMesh.Api.Operations;

/// <summary>What people do with pipelines. Every silo can do it: the host brings each wish to where the pipeline's grain is.</summary>
internal sealed class PipelineOperations(SiloServices silo)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Statuses _statuses = new(silo);

    /// <summary>Where pipelines stand.</summary>
    public Statuses Statuses => _statuses;

    /// <summary>Submits a pipeline, or a new version of it.</summary>
    public async Task<PipelineStatus> SubmitAsync(SubmitRequest request, CancellationToken cancellation)
    {
        var definition = Check(request);
        if (await silo.Host.Pipelines.FindAsync(definition.Name, 0, cancellation) is { } known && !SameFolder(known.BaseFolder, request.Folder) && !request.Replace)
        {
            throw new ApiException(
                StatusCodes.Status409Conflict, $"There is another pipeline '{definition.Name}' here.", $"It was submitted from {known.BaseFolder}.",
                "give this one another name; 'submit --replace' makes it the next version of that one");
        }

        var version = await silo.Host.Pipelines.SubmitAsync(definition.Name, request.Text, request.Folder, new SpecOptions(request.File, Words.Of(definition.Trigger), definition.Parallelism).ToJson(), cancellation);
        var state = await _statuses.StateAsync(definition.Name, cancellation);
        var tasks = request.Parallelism ?? state.Parallelism;
        var isSame = state.Spec == version.Version && state.Parallelism == tasks && state is { IsActive: true, IsStopping: false } && !request.Paused;
        if (!isSame)
        {
            var name = RunName.New(definition.Name, version.Version, tasks);
            using var stop = new CancellationTokenSource();
            var run = new PipelineRun(definition, new RunOptions { RunId = name.ToString() }, TimeProvider.System, stop.Token);
            var plan = new RunPlan(
                run.RunId, run.Version, version.Version, [.. definition.Sources.Select(node => node.Id)], run.Repeats, definition.Trigger.Kind == TriggerKind.Cron, tasks)
            {
                PoisonedAfter = definition.Quarantine.PoisonedAfter,
            };
            await TellAsync(definition.Name, new SubmitPipeline(plan, request.Paused), cancellation);
        }

        return await _statuses.OneAsync(definition.Name, cancellation);
    }

    /// <summary>Brings a pipeline to a barrier and keeps it there.</summary>
    public Task<PipelineStatus> PauseAsync(string name, CancellationToken cancellation) => AskAsync(name, state =>
        state.IsActive || state.Phase == PipelinePhase.Paused ? new PausePipeline() : throw Refuse(name, state, "nothing is running that could be paused", "'datamesh restart' runs it again"), cancellation);

    /// <summary>Lets a paused pipeline go on.</summary>
    public Task<PipelineStatus> ResumeAsync(string name, CancellationToken cancellation) => AskAsync(name, state => state.Desired == DesiredState.Paused
        ? new ResumePipeline(RunOf(name, state, null))
        : state.IsActive ? null : throw Refuse(name, state, "it is not paused", "'datamesh restart' runs it again"), cancellation);

    /// <summary>Ends a pipeline at a barrier.</summary>
    public Task<PipelineStatus> StopAsync(string name, CancellationToken cancellation) => AskAsync(name, _ => new StopPipeline(), cancellation);

    /// <summary>Begins a new run.</summary>
    public Task<PipelineStatus> RestartAsync(string name, CancellationToken cancellation) => AskAsync(name, state => new RestartPipeline(RunOf(name, state, null)), cancellation);

    /// <summary>Divides a pipeline into another number of tasks.</summary>
    public Task<PipelineStatus> ScaleAsync(string name, int parallelism, CancellationToken cancellation)
    {
        if (parallelism is < 1 or > Core.Limits.ParallelismMax) throw new ApiException(StatusCodes.Status400BadRequest, $"A pipeline has 1 to {Core.Limits.ParallelismMax} tasks, not {parallelism}.");
        return AskAsync(name, state => state.Parallelism == parallelism ? null : new ScalePipeline(RunOf(name, state, parallelism), parallelism), cancellation);
    }

    /// <summary>Removes a pipeline that does not run.</summary>
    public Task<RemovedPipeline> RemoveAsync(string name, CancellationToken cancellation) => new Removal(silo, _statuses).RemoveAsync(name, cancellation);

    private static string RunOf(string name, PipelineState state, int? parallelism) =>
        RunName.New(name, state.Next?.Spec ?? state.Spec, parallelism ?? state.Next?.Parallelism ?? state.Parallelism).ToString();

    private static ApiException Refuse(string name, PipelineState state, string why, string hint) =>
        new(StatusCodes.Status409Conflict, $"'{name}' is {Words.Of(state.Phase).Replace('_', ' ')}: {why}.", hint: hint);

    private static bool SameFolder(string a, string b) => Path.TrimEndingDirectorySeparator(a) == Path.TrimEndingDirectorySeparator(b);

    private async Task<PipelineStatus> AskAsync(string name, Func<PipelineState, PipelineWish?> wish, CancellationToken cancellation)
    {
        await _statuses.RequireAsync(name, cancellation);
        var state = await _statuses.StateAsync(name, cancellation);
        if (wish(state) is { } asked) await TellAsync(name, asked, cancellation);
        return await _statuses.OneAsync(name, cancellation);
    }

    private async Task TellAsync(string name, PipelineWish wish, CancellationToken cancellation)
    {
        var began = silo.Host.Clock.GetTimestamp();
        while (true)
        {
            try
            {
                await silo.Host.CallAsync(Statuses.GrainOf(name), wish, Patience, cancellation);
                return;
            }
            catch (GrainCallException error) when (error.Failure == CallFailure.Unreachable && silo.Host.Clock.GetElapsedTime(began) < Patience)
            {
                // Its silo went away: others take the pipeline up. A wish may be told twice.
                await Task.Delay(Pause, silo.Host.Clock, cancellation);
            }
            catch (GrainCallException error)
            {
                throw Unreachable(name, error);
            }
        }
    }

    private static ApiException Unreachable(string name, GrainCallException error) => new(
        error.Failure == CallFailure.Busy ? StatusCodes.Status429TooManyRequests : StatusCodes.Status503ServiceUnavailable,
        $"The pipeline '{name}' can not be reached.", error.Message, "try again; 'datamesh cluster' shows the silos");

    private PipelineDefinition Check(SubmitRequest request)
    {
        if (!Path.IsPathFullyQualified(request.Folder)) throw new ApiException(StatusCodes.Status400BadRequest, $"'{request.Folder}' is no absolute folder.");
        if (!Directory.Exists(request.Folder))
            throw new ApiException(StatusCodes.Status400BadRequest, $"There is no folder '{request.Folder}' on the silo's machine.", hint: "silos read and write files themselves: put the pipeline where they see it under the same path");
        if (request.File.AsSpan().IndexOfAny('/', '\\', '\0') >= 0) throw new ApiException(StatusCodes.Status400BadRequest, "'file' is the name of a file, without folders.");
        if (request.Parallelism is < 1 or > Core.Limits.ParallelismMax) throw new ApiException(StatusCodes.Status400BadRequest, $"A pipeline has 1 to {Core.Limits.ParallelismMax} tasks, not {request.Parallelism}.");
        if (request.Text.Length > Core.Limits.PipelineFileBytesMax) throw new ApiException(StatusCodes.Status413PayloadTooLarge, $"A pipeline file has at most {Core.Limits.PipelineFileBytesMax >> 20} MB.");
        var reading = PipelineReader.ReadText(request.Text, Path.Combine(request.Folder, request.File), silo.Catalog);
        if (reading.Definition is { } definition) return definition;
        var problems = reading.Problems.Select(each => new FileProblem(
            Words.Of(each.Severity), each.Message, each.Location?.File, each.Location?.Line ?? 0, each.Location?.Column ?? 0, each.Detail, each.Hint)).ToList();
        var first = reading.Problems.First(each => each.Severity == ProblemSeverity.Error);
        throw new ApiException(StatusCodes.Status400BadRequest, first.Message)
        {
            Problem = new Problem { Status = StatusCodes.Status400BadRequest, Title = "The pipeline file has errors.", Detail = first.Render(), Hint = first.Hint, Problems = problems },
        };
    }
}
