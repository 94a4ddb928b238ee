using DataMesh.Cli.Output;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Ledger;
using DataMesh.Runtime.Runs;

namespace DataMesh.Cli.Runs;

/// <summary>The account of a run at its end.</summary>
internal static class RunReport
{
    /// <summary>Prints it for people.</summary>
    public static void Print(RunResult result)
    {
        if (result.Outcome == RunOutcome.Failed)
        {
            PrintFailure(result);
            return;
        }

        var seconds = Math.Max(result.Elapsed.TotalSeconds, 0.001);
        var outcome = result.Outcome switch
        {
            RunOutcome.NothingNew => "nothing new to read",
            RunOutcome.Stopped => Terminal.Attention("stopped"),
            RunOutcome.DryRun => Terminal.Attention("dry run"),
            _ => Terminal.Good("done"),
        };
        var read = result.BytesRead > 0 ? $", {Units.Bytes(result.BytesRead)} ({Units.Bytes(result.BytesRead / seconds)}/s)" : "";
        Terminal.Line($"{Terminal.Bold(result.Pipeline)}: {outcome} in {Units.Time(result.Elapsed)}{read}, {Committed(result)}");
        PrintLedger(result.Stages);
        foreach (var target in result.Targets) PrintTarget(target);
        PrintQuarantine(result);
        PrintDrift(result);
        if (result.StoppedAt is { } place) Terminal.Line($"stopped at {place}; run again to go on from there");
    }

    private static string Committed(RunResult result) => result.Outcome == RunOutcome.DryRun
        ? "nothing was committed"
        : $"{result.Epochs} {(result.Epochs == 1 ? "epoch" : "epochs")} committed";

    /// <summary>Prints it as JSON.</summary>
    public static void PrintJson(RunResult result) => JsonPrinter.Print(new
    {
        result.Pipeline,
        result.Outcome,
        result.Epochs,
        Seconds = result.Elapsed.TotalSeconds,
        result.BytesRead,
        Stages = result.Stages.Select(stage => new
        {
            stage.Id,
            stage.Type,
            stage.In,
            stage.Created,
            stage.Out,
            stage.Filtered,
            stage.Quarantined,
            stage.Deduplicated,
            stage.Absorbed,
            stage.Closes,
        }),
        result.Targets,
        result.Quarantine,
        result.DriftEvents,
        result.StoppedAt,
        result.Messages,
        Error = (result.Error as DataMeshException)?.Render() ?? result.Error?.Message,
    });

    private static void PrintFailure(RunResult result)
    {
        Terminal.Error(result.Error is DataMeshException error ? $"error: {error.Render()}" : $"error: {result.Error?.Message ?? "the run failed"}");
        Terminal.Error(result.Epochs > 0
            ? $"  {result.Epochs} epochs were committed before; run again to go on from there"
            : "  nothing of this run was committed");
    }

    private static void PrintLedger(IReadOnlyList<StageCounts> stages)
    {
        LedgerTable.Print(stages);
        foreach (var open in stages.Where(stage => !stage.Closes)) Terminal.Error($"the ledger of '{open.Id}' does not close: please report this");
    }

    private static void PrintTarget(TargetResult target)
    {
        var version = target.Version >= 0 ? $" version {target.Version}" : "";
        Terminal.Line($"{Terminal.Bold(target.Name)}:{version} {Shown(target.Path)}, {TextTable.Number(target.Rows)} rows in {target.Files} {(target.Files == 1 ? "file" : "files")}, {Units.Bytes(target.Bytes)}");
    }

    private static void PrintQuarantine(RunResult result)
    {
        var total = result.Quarantine.Values.Sum();
        if (total == 0) return;
        var reasons = string.Join(", ", result.Quarantine.OrderByDescending(each => each.Value).Select(each => $"{TextTable.Number(each.Value)} {each.Key}"));
        Terminal.Line(Terminal.Attention($"{TextTable.Number(total)} records set aside: {reasons}"));
        foreach (var path in result.Targets.Select(target => target.QuarantinePath).OfType<string>().Distinct()) Terminal.Line($"  {Shown(path)}");
    }

    private static void PrintDrift(RunResult result)
    {
        if (result.DriftEvents == 0) return;
        var changes = result.DriftEvents == 1 ? "1 change" : $"{TextTable.Number(result.DriftEvents)} changes";
        Terminal.Line(Terminal.Attention($"{changes} of the sources' structure: see 'datamesh drift list {Shown(result.File)}'"));
    }

    private static string Shown(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.Length < path.Length && !relative.StartsWith("../..", StringComparison.Ordinal) ? relative : path;
    }
}
