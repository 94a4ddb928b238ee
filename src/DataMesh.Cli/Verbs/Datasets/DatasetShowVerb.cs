using System.CommandLine;
using System.Globalization;
using DataMesh.Cli.Output;
using DataMesh.Connectors.Datasets;
using DataMesh.Connectors.Datasets.Rewriting;
using DataMesh.Core.Columns;
using DataMesh.Formats.Delta;

namespace DataMesh.Cli.Verbs.Datasets;

/// <summary><c>datamesh dataset show</c>: what a table is now, or was at a version.</summary>
internal static class DatasetShowVerb
{
    public static Command Create()
    {
        var path = DatasetPath.Argument();
        var version = new Option<long?>("--version") { Description = "As it was at this version.", HelpName = "N" };
        var rows = new Option<int>("--rows", "-n") { Description = "How many of its rows; 0 for none.", HelpName = "N", DefaultValueFactory = _ => 10 };
        rows.Validators.Add(result =>
        {
            if (int.TryParse(result.Tokens.FirstOrDefault()?.Value, out var given) && given < 0) result.AddError("--rows can not be negative.");
        });
        var json = CommonOptions.Json();
        var command = new Command("show", "Show a table: version, files, columns, how far pipelines have come in it, and first rows.") { path, version, rows, json };
        command.Act((parsed, _) =>
        {
            var folder = DatasetPath.Resolve(parsed.GetValue(path)!);
            var table = parsed.GetValue(version) is { } at ? DeltaTable.Open(folder, at) : DeltaTable.Open(folder);
            if (parsed.GetValue(json)) PrintJson(table, parsed.GetValue(rows));
            else Print(table, parsed.GetValue(rows));
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static void Print(DeltaSnapshot table, int rowsMax)
    {
        var name = table.Metadata.Name ?? Path.GetFileName(table.Path);
        Terminal.Line($"{Terminal.Bold(name)} version {table.Version}: {(table.Rows is { } count ? TextTable.Number(count) : "unknown")} rows in {table.Files.Count} {(table.Files.Count == 1 ? "file" : "files")}, {Units.Bytes(table.Bytes)}");
        Terminal.Line($"  {table.Path}");
        if (table.Metadata.Description is { Length: > 0 } description) Terminal.Line($"  {description}");
        if (table.Metadata.PartitionColumns.Count > 0) Terminal.Line($"  partitioned by {string.Join(", ", table.Metadata.PartitionColumns)}");
        Terminal.Line($"  protocol: reader {table.Protocol.MinReaderVersion}, writer {table.Protocol.MinWriterVersion}{Features(table.Protocol)}");
        if (TableKey.Of(table.Metadata) is { Count: > 0 } key) Terminal.Line($"  upserted by {string.Join(", ", key)}");
        if (RowRetention.Of(table.Metadata) is { } rows) Terminal.Line($"  rows are kept for {Retention.Text(rows.OlderThan)["interval ".Length..]} by {rows.Column}");
        PrintSmallFiles(table);
        foreach (var property in table.Metadata.Configuration.OrderBy(each => each.Key, StringComparer.Ordinal)) Terminal.Line($"  {property.Key} = {property.Value}");
        var columns = new TextTable("column", "type", "nullable");
        foreach (var field in table.Schema) columns.Add(field.Name, field.Type.ToString(), field.Nullable ? "yes" : "no");
        columns.Print("  ");
        PrintPipelines(table);
        if (rowsMax > 0 && table.Schema.Count > 0) PrintRows(table, rowsMax);
    }

    private static void PrintSmallFiles(DeltaSnapshot table)
    {
        var groups = CompactionPlan.Make(table, new CompactionOptions());
        if (groups.Count > 0) Terminal.Line($"  'dataset compact' would make {groups.Count} {(groups.Count == 1 ? "file" : "files")} of {groups.Sum(group => group.Files.Count)} small ones");
    }

    private static void PrintRows(DeltaSnapshot table, int rowsMax)
    {
        var rows = new TextTable([.. table.Schema.Names]);
        for (var i = 0; i < table.Schema.Count; i++)
        {
            if (table.Schema[i].Type.IsNumeric) rows.Right(i);
        }

        var count = 0;
        foreach (var batch in DeltaRows.Read(table, rowsMax))
        {
            using (batch)
            {
                for (var row = 0; row < batch.Length; row++) rows.Add([.. batch.Columns.Select(column => ValueText.Format(column, row) ?? "")]);
                count += batch.Length;
            }
        }

        if (count > 0) rows.Print("  ");
    }

    private static List<string> RowsAsJson(DeltaSnapshot table, int rowsMax)
    {
        var rows = new List<string>();
        foreach (var batch in DeltaRows.Read(table, rowsMax))
        {
            using (batch) rows.AddRange(JsonRows.Write(batch));
        }

        return rows;
    }

    private static void PrintPipelines(DeltaSnapshot table)
    {
        if (table.Transactions.Count == 0) return;
        var pipelines = new TextTable("written by", "epoch", "last");
        pipelines.Right(1);
        foreach (var mark in table.Transactions.Values)
        {
            var last = mark.LastUpdatedMs is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time).ToString("yyyy-MM-dd HH:mm:ssZ", CultureInfo.InvariantCulture) : "";
            pipelines.Add(mark.AppId, $"{mark.Version}", last);
        }

        pipelines.Print("  ");
    }

    private static string Features(TableProtocol protocol)
    {
        var features = (protocol.ReaderFeatures ?? []).Concat(protocol.WriterFeatures ?? []).Distinct().ToList();
        return features.Count == 0 ? "" : $", features {string.Join(", ", features)}";
    }

    private static void PrintJson(DeltaSnapshot table, int rowsMax) => JsonPrinter.Print(new
    {
        table.Metadata.Name,
        table.Path,
        table.Version,
        table.Rows,
        Files = table.Files.Count,
        table.Bytes,
        table.Metadata.Description,
        table.Metadata.PartitionColumns,
        table.Protocol,
        Properties = table.Metadata.Configuration,
        Key = TableKey.Of(table.Metadata),
        RowsKept = RowRetention.Of(table.Metadata) is { } kept ? new { kept.Column, OlderThanMs = (long)kept.OlderThan.TotalMilliseconds } : null,
        Compactable = CompactionPlan.Make(table, new CompactionOptions()) is var groups ? new { Files = groups.Sum(group => group.Files.Count), Into = groups.Count } : null,
        Columns = table.Schema.Select(field => new { field.Name, Type = field.Type.ToString(), field.Nullable }),
        Pipelines = table.Transactions.Values.Select(mark => new { mark.AppId, Epoch = mark.Version, mark.LastUpdatedMs }),
        FirstRows = JsonPrinter.Rows(RowsAsJson(table, rowsMax)),
    });
}
