using System.CommandLine;
using System.Text.Json;
using DataMesh.Cli.Output;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats.Delta;

namespace DataMesh.Cli.Verbs.Datasets;

/// <summary><c>datamesh dataset vacuum</c>: deletes files that no version within the retention needs.</summary>
internal static class DatasetVacuumVerb
{
    private static readonly TimeSpan SafeRetention = TimeSpan.FromHours(1);

    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "Folder of the table." };
        var retain = new Option<string?>("--retain") { Description = "Keep what was live within this time (7d, 12h); without it: as the table says, 7 days by default.", HelpName = "TIME" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be deleted." };
        var force = new Option<bool>("--force") { Description = "Allow less than one hour, when surely nothing reads or writes the table now." };
        var json = CommonOptions.Json();
        var command = new Command("vacuum", "Delete files that no version within the retention time needs. Spares what unfinished epochs name, and the quarantine.") { path, retain, dryRun, force, json };
        command.Act((parsed, _) =>
        {
            var folder = parsed.GetValue(path)!;
            var options = new VacuumOptions
            {
                Retention = ReadRetention(parsed.GetValue(retain), parsed.GetValue(force)),
                DryRun = parsed.GetValue(dryRun),
                Spare = () => FilesOfPreparedEpochs(folder),
            };
            var result = DeltaVacuum.Run(folder, options, TimeProvider.System);
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

    private static IEnumerable<string> FilesOfPreparedEpochs(string table)
    {
        var folder = Path.Combine(table, "_datamesh", "prepared");
        if (!Directory.Exists(folder)) yield break;
        foreach (var record in Directory.EnumerateFiles(folder, "*.json"))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(record));
            foreach (var text in Texts(document.RootElement)) yield return text;
        }
    }

    /// <summary>Every text in a record: sparing a name that is no file does no harm.</summary>
    private static IEnumerable<string> Texts(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => Texts(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
        JsonValueKind.String when element.GetString() is { Length: > 0 and < 4096 } text && !text.Contains('\0', StringComparison.Ordinal) => [text],
        _ => [],
    };

    private static void Print(VacuumResult result, bool isDryRun)
    {
        foreach (var file in result.Files) Terminal.Line($"  {file}");
        Terminal.Line($"{(isDryRun ? "Would delete" : "Deleted")} {result.Files.Count} files, {Units.Bytes(result.Bytes)}; {result.Kept} stay.");
    }
}
