using System.CommandLine;
using DataMesh.Cli.Output;
using DataMesh.Core.Errors;
using DataMesh.Formats.Delta;

namespace DataMesh.Cli.Verbs.Datasets;

/// <summary><c>datamesh dataset list</c>: the tables below a folder.</summary>
internal static class DatasetListVerb
{
    private const int DepthMax = 6;

    public static Command Create()
    {
        var folder = new Argument<string>("FOLDER") { Description = "Where to look.", DefaultValueFactory = _ => "." };
        var json = CommonOptions.Json();
        var command = new Command("list", "List the tables below a folder.") { folder, json };
        command.Act((parsed, _) =>
        {
            var root = parsed.GetValue(folder)!;
            if (!Directory.Exists(root)) throw new DataMeshException($"There is no folder '{root}'.");
            var tables = Find(root, 0).Select(Describe).ToList();
            if (parsed.GetValue(json)) JsonPrinter.Print(new { Datasets = tables });
            else Print(root, tables);
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static IEnumerable<string> Find(string folder, int depth)
    {
        if (DeltaTable.Exists(folder))
        {
            yield return folder;
            yield break;
        }

        if (depth == DepthMax) yield break;
        var options = new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var inner in Directory.EnumerateDirectories(folder, "*", options).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(inner);
            if (name.StartsWith('.') || name.StartsWith('_') || name == "node_modules") continue;
            foreach (var table in Find(inner, depth + 1)) yield return table;
        }
    }

    private static Entry Describe(string path)
    {
        try
        {
            var table = DeltaTable.Open(path);
            return new Entry(table.Metadata.Name ?? Path.GetFileName(Path.GetFullPath(path)), path, table.Version, table.Rows, table.Files.Count, table.Bytes, null);
        }
        catch (DataMeshException error)
        {
            return new Entry(Path.GetFileName(Path.GetFullPath(path)), path, -1, null, 0, 0, error.Message);
        }
    }

    private static void Print(string root, List<Entry> tables)
    {
        if (tables.Count == 0)
        {
            Terminal.Line($"No tables below {root}.");
            return;
        }

        var table = new TextTable("dataset", "version", "rows", "files", "size", "path").Right(1, 2, 3, 4);
        foreach (var each in tables)
        {
            if (each.Error is null) table.Add(each.Name, $"{each.Version}", each.Rows is { } rows ? TextTable.Number(rows) : "?", $"{each.Files}", Units.Bytes(each.Bytes), each.Path);
            else table.Add(each.Name, "", "", "", "", $"{each.Path}: {each.Error}");
        }

        table.Print();
    }

    private sealed record Entry(string Name, string Path, long Version, long? Rows, int Files, long Bytes, string? Error);
}
