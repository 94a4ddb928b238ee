using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Connectors.Datasets.Rewriting;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats.Delta;

namespace DataMesh.Cli.Verbs.Datasets;

/// <summary><c>datamesh dataset compact</c>: puts the rows of small files together in larger ones.</summary>
internal static class DatasetCompactVerb
{
    public static Command Create()
    {
        var path = DatasetPath.Argument();
        var size = new Option<string>("--target-size") { Description = "Size that files should have.", HelpName = "SIZE", DefaultValueFactory = _ => "256MB" };
        var files = new Option<int>("--min-files") { Description = "Put files together when there are at least so many.", HelpName = "N", DefaultValueFactory = _ => 2 };
        var where = new Option<string[]>("--where") { Description = "Only the partition with this value: COLUMN=VALUE, or COLUMN= for null. Can be given for several columns.", HelpName = "COLUMN=VALUE", DefaultValueFactory = _ => [] };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be done." };
        var json = CommonOptions.Json();
        var command = new Command("compact", "Put the rows of small files together in larger ones. No row changes, and readers of older versions go on; 'vacuum' deletes the small files later.") { path, size, files, where, dryRun, json };
        command.Act((parsed, cancellation) =>
        {
            var folder = DatasetPath.Resolve(parsed.GetValue(path)!);
            var table = DeltaTable.Open(folder);
            var options = new CompactionOptions { TargetBytes = ReadSize(parsed.GetValue(size)!), FilesMin = parsed.GetValue(files), Where = ReadWhere(parsed.GetValue(where)!, table) };
            var outcome = parsed.GetValue(dryRun) ? Plan(table, options) : Run(folder, options, cancellation);
            if (parsed.GetValue(json)) JsonPrinter.Print(outcome);
            else Print(outcome);
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static Outcome Plan(DeltaSnapshot table, CompactionOptions options)
    {
        var groups = CompactionPlan.Make(table, options);
        return new Outcome(true, null, groups.Count, groups.Sum(group => group.Files.Count), groups.Sum(group => group.Bytes), groups.Count, null, 0);
    }

    private static Outcome Run(string folder, CompactionOptions options, CancellationToken cancellation)
    {
        var result = Compaction.Run(folder, options, TimeProvider.System, cancellation);
        var (removed, added) = (result.Committed.SelectMany(group => group.Removed).ToList(), result.Committed.SelectMany(group => group.Added).ToList());
        return new Outcome(
            false, result.Version, result.Committed.Count, removed.Count, removed.Sum(file => file.Size), added.Count, added.Sum(file => file.Size), result.Overtaken.Count);
    }

    private static long ReadSize(string text) => OptionText.TryBytes(text, out var bytes) && bytes.Bytes > 0
        ? bytes.Bytes
        : throw new DataMeshException($"'{text}' is not a size.", hint: "write for example 256MB");

    private static Dictionary<string, string?> ReadWhere(string[] texts, DeltaSnapshot table)
    {
        var where = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var text in texts)
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0) throw new DataMeshException($"'{text}' is not COLUMN=VALUE.");
            var column = text[..at];
            if (!table.Metadata.PartitionColumns.Contains(column, StringComparer.OrdinalIgnoreCase))
            {
                throw new DataMeshException($"The table is not partitioned by '{column}'.", hint: table.Metadata.PartitionColumns.Count == 0
                    ? "it has no partitions: leave --where out" : Nearest.Hint(column, [.. table.Metadata.PartitionColumns]));
            }

            where[column] = at == text.Length - 1 ? null : text[(at + 1)..];
        }

        return where;
    }

    private static void Print(Outcome outcome)
    {
        if (outcome.GroupsOvertaken > 0)
            Terminal.Line($"{outcome.GroupsOvertaken} groups of files were left alone: another program had changed them in the meantime.");
        if (outcome.FilesBefore == 0) Terminal.Line("There is nothing to put together.");
        else if (outcome.DryRun) Terminal.Line($"Would make {outcome.FilesAfter} files of {outcome.FilesBefore} ({Units.Bytes(outcome.BytesBefore)}).");
        else Terminal.Line($"Made {outcome.FilesAfter} files ({Units.Bytes(outcome.BytesAfter ?? 0)}) of {outcome.FilesBefore} ({Units.Bytes(outcome.BytesBefore)}): version {outcome.Version}.");
    }

    private sealed record Outcome(
        bool DryRun, long? Version, int Groups, int FilesBefore, long BytesBefore, int FilesAfter, long? BytesAfter, int GroupsOvertaken);
}
