using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats.Delta;
using DataMesh.Runtime.Commit;

namespace DataMesh.Cli.Verbs.Datasets;

/// <summary><c>datamesh dataset vacuum</c>: deletes files that no version within the retention needs.</summary>
internal static class DatasetVacuumVerb
{
    private static readonly TimeSpan SafeRetention = TimeSpan.FromHours(1);

    public static Command Create()
    {
        var path = DatasetPath.Argument();
        var retain = new Option<string?>("--retain") { Description = "Keep what was live within this time (7d, 12h); without it: as the table says, 7 days by default.", HelpName = "TIME" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be deleted." };
        var force = new Option<bool>("--force") { Description = "Allow less than one hour, when surely nothing reads or writes the table now." };
        var json = CommonOptions.Json();
        var command = new Command("vacuum", "Delete files that no version within the retention time needs. Spares what unfinished epochs name; beside the table, deletes what killed runs left.") { path, retain, dryRun, force, json };
        command.Act((parsed, _) =>
        {
            var retention = ReadRetention(parsed.GetValue(retain), parsed.GetValue(force));
            var folder = DatasetPath.Resolve(parsed.GetValue(path)!);
            var options = new VacuumOptions
            {
                Retention = retention,
                DryRun = parsed.GetValue(dryRun),
                Spare = () => PreparedPointers.FilesInFlight(folder),
            };
            var result = DeltaVacuum.Run(folder, options, TimeProvider.System);
            var left = LeftFiles.Clean(folder, result.Cutoff, options.DryRun, TimeProvider.System);
            result = result with { Files = [.. result.Files, .. left.Files], Bytes = result.Bytes + left.Bytes };
            if (left.LeftAlone is { } why) Terminal.Error($"What runs left beside the table stays, because it is not known what of it counts. {why}");
            if (parsed.GetValue(json)) JsonPrinter.Print(new { options.DryRun, result.Files, result.Bytes, result.Kept });
            else Print(result, options.DryRun);
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static TimeSpan? ReadRetention(string? text, bool isForced)
    {
        if (text is null) return null;
        if (!OptionText.TryDuration(text, out var time)) throw new DataMeshException($"'{text}' is not a time.", hint: "write for example 7d, 12h or 90m");
        if (time < SafeRetention && !isForced)
            throw new DataMeshException($"Retaining {text} could delete files that a run is writing or a reader is reading now.", hint: "keep at least 1h, or add --force");
        return time;
    }

    private static void Print(VacuumResult result, bool isDryRun)
    {
        foreach (var file in result.Files) Terminal.Line($"  {file}");
        Terminal.Line($"{(isDryRun ? "Would delete" : "Deleted")} {result.Files.Count} files, {Units.Bytes(result.Bytes)}; {result.Kept} stay.");
    }
}
