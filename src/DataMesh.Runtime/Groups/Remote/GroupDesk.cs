using DataMesh.Core.Errors;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Groups.Remote;

/// <summary>
/// Answers the instances of a commit group that live in other silos. What one waits for ends with the group, or when its silo hangs up.
/// </summary>
internal sealed class GroupDesk(PipelineRun run, TaskGroup group, string silo) : IDisposable
{
    private readonly Lock _lock = new();
    private FolderProbe? _probe;

    /// <summary>Answers a call.</summary>
    public async Task<GroupAnswer> AnswerAsync(GroupCall call, CancellationToken cancellation)
    {
        if (call.Generation != group.Attempt || call.Instance < 0 || call.Instance >= group.Tasks) return new GroupAnswer(GroupOutcome.Over);
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, group.Abandoned);
            return await DoAsync(call, either.Token);
        }
        catch (PartLostException)
        {
            return new GroupAnswer(GroupOutcome.Lost);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            if (group.IsAbandoned) return new GroupAnswer(GroupOutcome.Over);
            var failed = GrainWork.Failure("task", error);
            return new GroupAnswer(GroupOutcome.Failed) { Error = failed.Message, MayPass = failed.MayPass };
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock) _probe?.Delete();
    }

    private async Task<GroupAnswer> DoAsync(GroupCall call, CancellationToken cancellation)
    {
        var done = new GroupAnswer(GroupOutcome.Done);
        if (call.Begin is { } begin) return done with { Order = await group.BeginAsync(begin, cancellation), Probe = Probe() };
        if (!group.IsIn(call.Attempt)) return new GroupAnswer(GroupOutcome.Over);
        if (call.Counts is { } counts) group.Hear(call.Instance, call.Attempt, counts);
        if (call.Next is { } next) return done with { Grant = await group.NextAsync(next, cancellation) };
        if (call.Ask is { } ask) return done with { Word = group.Ask(call.Instance, call.Attempt, ask.Bytes, ask.WantsBarrier) };
        if (call.Meet is { } finding) return done with { Widening = await group.MeetAsync(finding, cancellation) };
        if (call.Report is { } report) return done with { Verdict = await group.ReportAsync(report, () => PartFiles.Delete(run, report), cancellation) };
        throw new DataMeshException("A silo asked a coordinator for nothing.");
    }

    private FolderProbe Probe()
    {
        lock (_lock) return _probe ??= FolderProbe.Make(run, silo);
    }
}
