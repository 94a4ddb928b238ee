using System.CommandLine;
using System.Globalization;
using DataMesh.Cli.Output;
using DataMesh.Formats.Delta;

namespace DataMesh.Cli.Verbs.Datasets;

/// <summary><c>datamesh dataset history</c>: what was done to a table.</summary>
internal static class DatasetHistoryVerb
{
    public static Command Create()
    {
        var path = DatasetPath.Argument();
        var limit = new Option<int>("--limit", "-n") { Description = "How many versions, newest first.", HelpName = "N", DefaultValueFactory = _ => 20 };
        var json = CommonOptions.Json();
        var command = new Command("history", "Show what was done to a table, newest first.") { path, limit, json };
        command.Act((parsed, _) =>
        {
            var entries = DeltaTable.History(DatasetPath.Resolve(parsed.GetValue(path)!)).Take(parsed.GetValue(limit)).ToList();
            if (parsed.GetValue(json)) JsonPrinter.Print(new { Versions = entries });
            else Print(entries);
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static void Print(List<HistoryEntry> entries)
    {
        var table = new TextTable("version", "time", "operation", "mode", "rows added", "updated", "deleted", "files added", "files removed", "size added", "by").Right(0, 4, 5, 6, 7, 8, 9);
        foreach (var entry in entries)
        {
            table.Add(
                $"{entry.Version}",
                DateTimeOffset.FromUnixTimeMilliseconds(entry.TimeMs).ToString("yyyy-MM-dd HH:mm:ssZ", CultureInfo.InvariantCulture),
                entry.Operation,
                entry.Mode ?? "",
                TextTable.Number(entry.RowsAdded),
                entry.RowsUpdated is { } updated ? TextTable.Number(updated) : "",
                entry.RowsDeleted is { } deleted ? TextTable.Number(deleted) : "",
                $"{entry.FilesAdded}",
                $"{entry.FilesRemoved}",
                Units.Bytes(entry.BytesAdded),
                entry.Engine ?? "");
        }

        table.Print();
    }
}
