using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Cli.Runs;
using DataMesh.Runtime.Audit;

namespace DataMesh.Cli.Verbs;

/// <summary><c>datamesh ledger</c>: checks that every record is accounted for.</summary>
internal static class LedgerVerb
{
    public static Command Create()
    {
        var file = CommonOptions.Pipeline();
        var recount = new Option<bool>("--recount") { Description = "Read the source ranges again, where files are still the same, and count their records." };
        var epochs = new Option<bool>("--epochs") { Description = "Show a table for every epoch, instead of the totals." };
        var json = CommonOptions.Json();
        var command = new Command("ledger", $"Check the account of every epoch: stages, files, log, quarantine, source ranges. Exits with {ExitCodes.NotClosed} when an epoch does not close.")
        {
            file, recount, epochs, json,
        };
        command.Act(async (parsed, cancellation) =>
        {
            var definition = PipelineLoading.Load(parsed.GetValue(file)!);
            var report = await LedgerAudit.RunAsync(definition, parsed.GetValue(recount), cancellation);
            if (parsed.GetValue(json)) PrintJson(report);
            else Print(report, parsed.GetValue(epochs));
            return report.Closes ? ExitCodes.Done : ExitCodes.NotClosed;
        });
        return command;
    }

    private static void Print(LedgerReport report, bool eachEpoch)
    {
        if (report.Epochs.Count == 0)
        {
            Terminal.Line($"{Terminal.Bold(report.Pipeline)}: nothing was committed yet");
            return;
        }

        if (eachEpoch)
        {
            foreach (var epoch in report.Epochs) PrintEpoch(epoch);
        }
        else
        {
            LedgerTable.Print(LedgerTable.Sum(report.Epochs.Select(epoch => epoch.Ledger)));
        }

        if (report.Quarantined > 0)
        {
            Terminal.Line(
                $"quarantine: {TextTable.Number(report.Waiting)} waiting = {TextTable.Number(report.Quarantined)} set aside - {TextTable.Number(report.Replayed)} replayed - {TextTable.Number(report.Discarded)} discarded");
        }

        var recounted = report.SplitsRecounted > 0 ? $", {report.SplitsRecounted} ranges read again" : "";
        Terminal.Line($"checked {report.FilesChecked} footers, {report.LogEntriesChecked} log entries, {report.SplitsChecked} splits{recounted}");
        foreach (var note in report.Epochs.SelectMany(epoch => epoch.Notes.Select(note => (epoch.Epoch, note))).GroupBy(each => each.note))
            Terminal.Line(Terminal.Dim($"  {Epochs([.. note.Select(each => each.Epoch)])}: {note.Key}"));
        PrintVerdict(report);
    }

    private static void PrintVerdict(LedgerReport report)
    {
        if (report.FirstOpen is not { } open)
        {
            Terminal.Line($"{Terminal.Bold(report.Pipeline)}: {Terminal.Good("closed")}, {report.Epochs.Count} {(report.Epochs.Count == 1 ? "epoch" : "epochs")}");
            return;
        }

        Terminal.Line($"{Terminal.Bold(report.Pipeline)}: {Terminal.Bad("not closed")}; the first epoch that does not close is {open.Epoch}");
        foreach (var finding in open.Findings) Terminal.Line($"  {finding.Check}: {finding.What}");
        var more = report.Epochs.Count(epoch => !epoch.Closes) - 1;
        if (more > 0) Terminal.Line($"  {more} later {(more == 1 ? "epoch does" : "epochs do")} not close either; --epochs shows all");
    }

    private static void PrintEpoch(EpochAudit epoch)
    {
        var state = epoch.Closes ? Terminal.Good("closed") : Terminal.Bad("not closed");
        var settled = epoch.Settled == (0, 0) ? "" : $", {TextTable.Number(epoch.Settled.Replayed)} replayed, {TextTable.Number(epoch.Settled.Discarded)} discarded";
        Terminal.Line($"{Terminal.Bold($"epoch {epoch.Epoch}")} {epoch.StagedAt:u} {state}, pipeline version {epoch.Version}{settled}");
        LedgerTable.Print(epoch.Ledger);
        foreach (var finding in epoch.Findings) Terminal.Line($"  {Terminal.Bad(finding.Check)}: {finding.What}");
    }

    private static string Epochs(IReadOnlyList<long> epochs) => epochs.Count switch
    {
        1 => $"epoch {epochs[0]}",
        _ when epochs[^1] - epochs[0] == epochs.Count - 1 => $"epochs {epochs[0]} to {epochs[^1]}",
        _ => $"{epochs.Count} epochs",
    };

    private static void PrintJson(LedgerReport report) => JsonPrinter.Print(new
    {
        report.Pipeline,
        Closed = report.Closes,
        FirstOpenEpoch = report.FirstOpen?.Epoch,
        report.Quarantined,
        report.Replayed,
        report.Discarded,
        report.Waiting,
        report.FilesChecked,
        report.LogEntriesChecked,
        report.SplitsChecked,
        report.SplitsRecounted,
        Epochs = report.Epochs.Select(epoch => new
        {
            epoch.Epoch,
            epoch.Manifest,
            epoch.Version,
            epoch.StagedAt,
            Closed = epoch.Closes,
            epoch.Findings,
            epoch.Notes,
            epoch.Settled.Replayed,
            epoch.Settled.Discarded,
            Stages = epoch.Ledger,
        }),
    });
}
