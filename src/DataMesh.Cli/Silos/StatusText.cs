using System.Globalization;
using DataMesh.Cli.Output;
using DataMesh.Client.Contract;
using DataMesh.DataPlane.Ledger;

namespace DataMesh.Cli.Silos;

/// <summary>A pipeline's status for people.</summary>
internal static class StatusText
{
    /// <summary>The phase in a word or two, with what is coming.</summary>
    public static string Phase(PipelineStatus status)
    {
        var phase = status.Phase switch
        {
            "nothing_new" => "done",
            "pausing" => "waiting to try again",
            "waiting" => "waiting for its trigger",
            _ => status.Phase,
        };
        if (!status.IsStopping) return phase;
        return status.Desired switch { "paused" => $"{phase}, pausing", "stopped" => $"{phase}, stopping", _ => $"{phase}, changing" };
    }

    /// <summary>The phase in the colour that it deserves.</summary>
    public static string Coloured(PipelineStatus status) => status.Phase switch
    {
        "failed" => Terminal.Bad(Phase(status)),
        "pausing" => Terminal.Attention(Phase(status)),
        "running" or "done" or "nothing_new" => Terminal.Good(Phase(status)),
        _ => Phase(status),
    };

    /// <summary>One line about a pipeline.</summary>
    public static string Line(PipelineStatus status) => $"{status.Name}: {Phase(status)}";

    /// <summary>Everything about a pipeline.</summary>
    public static void Print(PipelineStatus status)
    {
        Terminal.Line($"{Terminal.Bold(status.Name)}: {Coloured(status)}");
        var version = status.NewestVersion > status.Version ? $"{status.Version} (version {status.NewestVersion} is coming)" : $"{status.Version}";
        Terminal.Line($"  version {version}, trigger {status.Trigger}, {status.Parallelism} {(status.Parallelism == 1 ? "task" : "tasks")}, in {status.Folder}");
        var epoch = status.Epoch >= 0 ? $", reading epoch {status.Epoch.ToString(CultureInfo.InvariantCulture)}" : "";
        var backlog = status.BacklogBytes > 0 ? $", {Units.Bytes(status.BacklogBytes)} to read" : "";
        Terminal.Line($"  {TextTable.Number(status.EpochsCommitted)} epochs committed{epoch}{backlog}");
        PrintCounts(status);
        foreach (var task in status.Tasks) Terminal.Line($"  {task.Id}: {task.Doing.Replace('_', ' ')} on {task.Silo}");
        if (status.Error is { } error) Terminal.Line(Terminal.Attention($"  {(status.Phase == "failed" ? "failed" : "last failure")}: {error}"));
        LedgerTable(status.Counts.Stages);
    }

    private static void PrintCounts(PipelineStatus status)
    {
        var counts = status.Counts;
        if (counts is { RowsRead: 0, BytesRead: 0 }) return;
        var rate = status.Epoch >= 0 ? $", {Units.Count(counts.RowsPerSecond)} rows/s, {Units.Bytes(counts.BytesPerSecond)}/s" : "";
        var aside = counts.Quarantined > 0 ? $", {TextTable.Number(counts.Quarantined)} set aside" : "";
        Terminal.Line($"  {(status.Tasks.Count > 0 ? "this run" : "last run")}: {TextTable.Number(counts.RowsRead)} rows in, {TextTable.Number(counts.RowsWritten)} written{aside}{rate}");
    }

    private static void LedgerTable(IReadOnlyList<StageStatus> stages) => Runs.LedgerTable.Print(
        [.. stages.Select(line => new StageCounts(line.Id, line.Type, line.In, line.Created, line.Out, line.Filtered, line.Quarantined, line.Deduplicated, line.Absorbed))]);
}
