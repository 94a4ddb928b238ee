using System.Text.Json;

namespace DataMesh.Cli.Tests.Verbs;

public class DatasetVerbTests
{
    [Fact]
    public void List_show_and_history_tell_of_a_table()
    {
        using var folder = new TemporaryFolder().WithPeople();
        DatameshProcess.Run(folder.Root, "run", "p.yaml");
        var list = DatameshProcess.Run(folder.Root, "dataset", "list");
        Assert.Contains("people", list.Output, StringComparison.Ordinal);
        var listed = DatameshProcess.Run(folder.Root, "dataset", "list", "--json").Json.GetProperty("datasets")[0];
        Assert.Equal(("people", 2L), (listed.GetProperty("name").GetString(), listed.GetProperty("rows").GetInt64()));
        var show = DatameshProcess.Run(folder.Root, "dataset", "show", "lake/people");
        Assert.Contains("people version 0: 2 rows in 1 file", show.Output, StringComparison.Ordinal);
        var shown = DatameshProcess.Run(folder.Root, "dataset", "show", "lake/people", "--version", "0", "--json").Json;
        Assert.Equal(["name", "age", "city"], shown.GetProperty("columns").EnumerateArray().Select(column => column.GetProperty("name").GetString()));
        Assert.Equal("""[{"name":"Ann","age":31,"city":"Oslo"},{"name":"Dee","age":45,"city":null}]""",
            JsonSerializer.Serialize(shown.GetProperty("first_rows")));
        Assert.Matches("name +age +city\n +Ann +31 +Oslo\n +Dee +45\n", show.Output);
        Assert.DoesNotContain("Dee", DatameshProcess.Run(folder.Root, "dataset", "show", "lake/people", "--rows", "1").Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Ann", DatameshProcess.Run(folder.Root, "dataset", "show", "lake/people", "--rows", "0").Output, StringComparison.Ordinal);
        var history = DatameshProcess.Run(folder.Root, "dataset", "history", "lake/people", "--json").Json.GetProperty("versions");
        Assert.Equal(2, history[0].GetProperty("rows_added").GetInt64());
        Assert.Contains("version", DatameshProcess.Run(folder.Root, "dataset", "history", "lake/people").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Vacuum_deletes_what_is_no_longer_needed_and_nothing_else()
    {
        using var folder = new TemporaryFolder().WithPeople();
        DatameshProcess.Run(folder.Root, "run", "p.yaml");
        DatameshProcess.Run(folder.Root, "run", "p.yaml", "--rebuild");
        var dry = DatameshProcess.Run(folder.Root, "dataset", "vacuum", "lake/people", "--retain", "0s", "--force", "--dry-run", "--json").Json;
        // What the rebuild replaced: its rows, its bad record, its account.
        var files = dry.GetProperty("files").EnumerateArray().Select(file => file.GetString()!).ToList();
        Assert.Equal(["", "_datamesh/manifests", "_quarantine"], files.Select(file => Path.GetDirectoryName(file)!).Order(StringComparer.Ordinal));
        Assert.Equal(1, dry.GetProperty("kept").GetInt32());
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "dataset", "vacuum", "lake/people", "--retain", "0s", "--force").ExitCode);
        Assert.Single(Directory.EnumerateFiles(Path.Combine(folder.Root, "lake", "people"), "*.parquet"));
    }

    [Fact]
    public void Vacuum_spares_what_a_prepared_epoch_names()
    {
        using var folder = new TemporaryFolder().WithPeople();
        DatameshProcess.Run(folder.Root, "run", "p.yaml");
        folder.Write("lake/people/staged.parquet", "x");
        folder.Write("lake/people/_datamesh/prepared/x.json", """
            { "pipeline": "q", "app_id": "q/0", "epoch": 3, "prepared_id": "q3", "manifest": "q.json", "targets": [ { "files": [ { "path": "staged.parquet" } ] } ] }
            """);
        var result = DatameshProcess.Run(folder.Root, "dataset", "vacuum", "lake/people", "--retain", "0s", "--force", "--json").Json;
        Assert.Equal(0, result.GetProperty("files").GetArrayLength());
    }

    [Fact]
    public void Vacuum_deletes_nothing_while_a_prepared_record_can_not_be_read()
    {
        using var folder = new TemporaryFolder().WithPeople();
        DatameshProcess.Run(folder.Root, "run", "p.yaml");
        folder.Write("lake/people/staged.parquet", "x");
        folder.Write("lake/people/_datamesh/prepared/x.json", """{ "targets": [ { "files": [ { "path": "staged.parquet" } ] } ] }""");
        var result = DatameshProcess.Run(folder.Root, "dataset", "vacuum", "lake/people", "--retain", "0s", "--force");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("A prepared record is damaged.", result.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder.Root, "lake", "people", "staged.parquet")));
    }

    [Fact]
    public void Short_retention_needs_force()
    {
        var result = DatameshProcess.Run(".", "dataset", "vacuum", ".", "--retain", "5m");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("--force", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_without_a_table_is_told()
    {
        using var folder = new TemporaryFolder();
        var result = DatameshProcess.Run(folder.Root, "dataset", "show", ".");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("There is no table", result.Error, StringComparison.Ordinal);
    }
}
