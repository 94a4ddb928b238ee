using System.CommandLine;
using System.Globalization;
using DataMesh.Cli.Output;
using DataMesh.Connectors.Datasets;
using DataMesh.Connectors.Datasets.Rewriting;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats.Delta;

namespace DataMesh.Cli.Verbs.Datasets;

/// <summary><c>datamesh dataset retain</c>: deletes rows that are too old.</summary>
internal static class DatasetRetainVerb
{
    public static Command Create()
    {
        var path = DatasetPath.Argument();
        var column = new Option<string?>("--column") { Description = "Column with the time or the date of a row; without it, what the table was declared with.", HelpName = "NAME" };
        var age = new Option<string?>("--older-than") { Description = "Delete rows older than this (90d, 12h).", HelpName = "TIME" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be done." };
        var json = CommonOptions.Json();
        var command = new Command("retain", "Delete rows that are too old, by one commit. Readers of older versions go on; 'vacuum' deletes the files later.") { path, column, age, dryRun, json };
        command.Act((parsed, cancellation) =>
        {
            var table = DeltaTable.At(DatasetPath.Resolve(parsed.GetValue(path)!));
            var retention = Read(parsed.GetValue(column), parsed.GetValue(age), table.Current!);
            var outcome = parsed.GetValue(dryRun) ? Plan(table.Current!, retention) : Run(table, retention, cancellation);
            if (parsed.GetValue(json)) JsonPrinter.Print(outcome);
            else Print(outcome, retention);
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static RowRetention Read(string? column, string? age, DeltaSnapshot table)
    {
        var declared = RowRetention.Of(table.Metadata);
        if ((column ?? declared?.Column) is not { } name)
            throw new DataMeshException("The table does not say which rows are old.", hint: "give --column and --older-than, or declare 'retain: { rows: … }' in the pipeline's dataset");
        if (age is null) return new RowRetention { Column = name, OlderThan = declared?.OlderThan ?? throw new DataMeshException("--older-than is missing.", hint: "write for example --older-than 90d") };
        if (!OptionText.TryDuration(age, out var time) || time < TimeSpan.Zero) throw new DataMeshException($"'{age}' is not a time.", hint: "write for example 90d or 12h");
        return new RowRetention { Column = name, OlderThan = time };
    }

    private static Outcome Plan(DeltaSnapshot table, RowRetention retention)
    {
        var old = OldRows.Plan(table, retention, TimeProvider.System);
        return new Outcome(true, null, old.Cutoff, old.Whole.Sum(file => file.Rows ?? 0), old.Whole.Count, old.Mixed.Count);
    }

    private static Outcome Run(DeltaTable table, RowRetention retention, CancellationToken cancellation)
    {
        var cutoff = OldRows.Plan(table.Current!, retention, TimeProvider.System).Cutoff;
        var result = OldRows.Delete(table, retention, rewrites: true, TimeProvider.System, cancellation);
        return new Outcome(
            false, result.Version, cutoff, result.Committed.Sum(group => group.Rows), result.Committed.Count(group => group.Added.Count == 0), result.Committed.Count(group => group.Added.Count > 0));
    }

    private static void Print(Outcome outcome, RowRetention retention)
    {
        var before = outcome.Before.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        if (outcome.FilesRemoved + outcome.FilesRewritten == 0) Terminal.Line($"No row has a {retention.Column} before {before}.");
        else if (outcome.DryRun) Terminal.Line($"Would remove {outcome.FilesRemoved} files with {TextTable.Number(outcome.RowsDeleted)} rows before {before}, and look into {outcome.FilesRewritten} that can hold such rows beside others.");
        else Terminal.Line($"Deleted {TextTable.Number(outcome.RowsDeleted)} rows before {before}: {outcome.FilesRemoved} files removed, {outcome.FilesRewritten} written again: version {outcome.Version}.");
    }

    private sealed record Outcome(bool DryRun, long? Version, DateTimeOffset Before, long RowsDeleted, int FilesRemoved, int FilesRewritten);
}
