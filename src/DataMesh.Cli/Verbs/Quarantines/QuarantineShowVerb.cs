using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Runtime.Quarantine;

namespace DataMesh.Cli.Verbs.Quarantines;

/// <summary><c>datamesh quarantine show</c>: the records themselves.</summary>
internal static class QuarantineShowVerb
{
    public static Command Create()
    {
        var file = CommonOptions.Pipeline();
        var limit = new Option<int>("--limit", "-n") { Description = "How many records.", HelpName = "N", DefaultValueFactory = _ => 10 };
        var json = CommonOptions.Json();
        var command = new Command("show", "Show records that were set aside: where they stood, why, and their original text.") { file, limit, json };
        var filter = new FilterOptions(command, withState: true);
        command.Act(async (parsed, cancellation) =>
        {
            var definition = PipelineLoading.Load(parsed.GetValue(file)!);
            var parts = await QuarantineView.OpenAsync(definition, cancellation);
            var records = parts.Read(filter.Read(parsed)).Take(Math.Max(1, parsed.GetValue(limit))).ToList();
            if (parsed.GetValue(json)) JsonPrinter.Print(new { Records = records.Select(ToJson) });
            else Print(records);
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>A record as it is printed with <c>--json</c>.</summary>
    public static object ToJson(QuarantinedRecord record) => new
    {
        record.Part,
        record.Row,
        record.State,
        record.Reason,
        record.Rule,
        record.Detail,
        record.Stage,
        record.Source,
        record.Position,
        record.Line,
        record.Epoch,
        record.At,
        record.PipelineVersion,
        record.IsWhole,
        record.Form,
        Text = RecordText.Of(record),
        record.Values,
    };

    private static void Print(IReadOnlyList<QuarantinedRecord> records)
    {
        if (records.Count == 0) Terminal.Line("No such records.");
        foreach (var record in records)
        {
            var why = string.Join(" ", new[] { record.Reason, record.Rule }.OfType<string>());
            var state = record.State == RecordState.Waiting ? "" : $", {record.State.ToString().ToLowerInvariant()}";
            Terminal.Line($"{Terminal.Bold(record.Where ?? $"rows of '{record.Stage}'")}: {Terminal.Attention(why)} in '{record.Stage}', epoch {record.Epoch}{state}");
            if (record.Detail is { } detail) Terminal.Line($"  {detail}");
            foreach (var line in RecordText.Of(record).Split('\n')) Terminal.Line($"  | {line}");
            if (record.Values is { } values) Terminal.Line($"  as a row: {values}");
        }
    }
}
