using DataMesh.Client.Contract;
using DataMesh.ControlPlane.Grains;
using DataMesh.DataPlane.Ledger;
using DataMesh.Runtime.Runs;
using DataMesh.Runtime.Silos;
using TaskStatus = DataMesh.Client.Contract.TaskStatus;

namespace DataMesh.Api.Operations;

/// <summary>What runs in this silo, and parts of a run in several silos put together.</summary>
internal static class LiveRuns
{
    /// <summary>A run in this silo.</summary>
    public static LiveRun Of(SiloRun run, string silo)
    {
        return new LiveRun
        {
            Pipeline = run.Name.Pipeline,
            RunId = run.Run.RunId,
            StartedAt = run.StartedAt,
            Epoch = run.Epoch,
            BacklogBytes = run.BacklogBytes,
            Counts = run.IsPart ? new RunCounts { BytesInFlight = run.BytesInFlight } : CountsOf(run, run.BytesInFlight),
            Tasks = TasksOf(run, silo),
        };
    }

    /// <summary>The tasks that read side by side; the only task, or its coordinator while they do not; the pipeline while it waits.</summary>
    private static IReadOnlyList<TaskStatus> TasksOf(SiloRun run, string silo)
    {
        foreach (var kind in (ReadOnlySpan<GrainKind>)[GrainKind.Instance, GrainKind.Stage, GrainKind.Pipeline])
        {
            var found = run.Doing.Where(each => each.Key.Kind == kind).OrderBy(each => each.Key.Key, StringComparer.Ordinal).Select(each => new TaskStatus(IdOf(run, each.Key), silo, each.Value)).ToList();
            if (found.Count > 0) return found;
        }

        return [];
    }

    /// <summary>Whether a task is no more than the coordinator of others.</summary>
    public static bool IsCoordinator(TaskStatus task) => task.Id.EndsWith(Coordinator, StringComparison.Ordinal);

    private const string Coordinator = "/coordinator";

    /// <summary>People need not know which tasks have to live with their coordinator.</summary>
    private static string IdOf(SiloRun run, GrainId grain) =>
        grain.Kind == GrainKind.Stage && run.Tasks > 1 ? run.Name.Pipeline + Coordinator : grain.Key.Replace("/beside/", "/task/", StringComparison.Ordinal);

    /// <summary>The parts of a run as one.</summary>
    public static RunCounts Sum(IReadOnlyList<LiveRun> parts) => parts.Count == 1 ? parts[0].Counts : new RunCounts
    {
        BytesRead = parts.Sum(part => part.Counts.BytesRead),
        RowsRead = parts.Sum(part => part.Counts.RowsRead),
        RowsWritten = parts.Sum(part => part.Counts.RowsWritten),
        Quarantined = parts.Sum(part => part.Counts.Quarantined),
        RowsPerSecond = parts.Sum(part => part.Counts.RowsPerSecond),
        BytesPerSecond = parts.Sum(part => part.Counts.BytesPerSecond),
        BytesInFlight = parts.Sum(part => part.Counts.BytesInFlight),
        Stages = [.. StageCounts.Sum(parts.Select(part => part.Counts.Stages.Select(LedgerLines.ToCounts).ToList())).Select(LedgerLines.ToStatus)],
    };

    private static RunCounts CountsOf(SiloRun run, long bytesInFlight)
    {
        var stages = run.Counts();
        return new RunCounts
        {
            BytesRead = run.BytesRead,
            RowsRead = run.Run.RowsRead(stages),
            RowsWritten = run.Run.RowsWritten(stages),
            Quarantined = stages.Sum(line => line.Quarantined),
            RowsPerSecond = Math.Round(run.Rates.RowsPerSecond, 1),
            BytesPerSecond = Math.Round(run.Rates.BytesPerSecond, 1),
            BytesInFlight = bytesInFlight,
            Stages = [.. stages.Select(LedgerLines.ToStatus)],
        };
    }
}
