namespace DataMesh.Cli.Tests.Verbs;

public class RunVerbTests
{
    [Fact]
    public void Run_writes_the_table_and_accounts_for_every_record()
    {
        using var folder = new TemporaryFolder().WithPeople();
        var result = DatameshProcess.Run(folder.Root, "run", "p.yaml", "-q");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.DoesNotContain('\e', result.Output);
        Assert.Contains("people: done in", result.Output, StringComparison.Ordinal);
        Assert.Contains("1 records set aside: 1 cast_failed", result.Output, StringComparison.Ordinal);
        Assert.Contains("lake/people, 2 rows in 1 file", result.Output, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(folder.Root, "lake", "people", "_delta_log")));
    }

    [Theory]
    [InlineData("run", "gone.yaml", "gone.yaml")]
    [InlineData("run", "w.yaml", "no stage 'filtr'")]
    [InlineData("peek", "w.yaml", "no stage 'filtr'")]
    [InlineData("plan", "n.yaml", "There is no file 'nothing.csv'")]
    [InlineData("plan", "--unknown", "--unknown")]
    public void Error_before_there_is_a_result_is_JSON_too(string verb, string file, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write("w.yaml", "pipeline: p\nsource: a.csv\nstages: [filtr: a > 1]\ndataset: { name: d }\n");
        folder.Write("n.yaml", "pipeline: p\nsource: nothing.csv\ndataset: { name: d }\n");
        var result = DatameshProcess.Run(folder.Root, verb, file, "--json");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(expected, result.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Cores_below_none_are_refused()
    {
        using var folder = new TemporaryFolder().WithPeople();
        var result = DatameshProcess.Run(folder.Root, "run", "p.yaml", "--cores", "-1");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("--cores can not be below 0", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Second_run_finds_nothing_new()
    {
        using var folder = new TemporaryFolder().WithPeople();
        Assert.Equal("completed", DatameshProcess.Run(folder.Root, "run", "p.yaml", "--json").Json.GetProperty("outcome").GetString());
        var again = DatameshProcess.Run(folder.Root, "run", "p.yaml", "--json");
        Assert.Equal((0, "nothing_new"), (again.ExitCode, again.Json.GetProperty("outcome").GetString()));
    }

    [Fact]
    public void Json_report_closes_the_ledger()
    {
        using var folder = new TemporaryFolder().WithPeople();
        var json = DatameshProcess.Run(folder.Root, "run", "p.yaml", "--json").Json;
        Assert.All(json.GetProperty("stages").EnumerateArray(), stage => Assert.True(stage.GetProperty("closes").GetBoolean()));
        Assert.Equal(2, json.GetProperty("targets")[0].GetProperty("rows").GetInt64());
        Assert.Equal(1, json.GetProperty("quarantine").GetProperty("cast_failed").GetInt64());
    }

    [Fact]
    public void Strict_run_with_bad_records_exits_with_3()
    {
        using var folder = new TemporaryFolder().WithPeople();
        Assert.Equal(3, DatameshProcess.Run(folder.Root, "run", "p.yaml", "--strict").ExitCode);
    }

    [Fact]
    public void Rebuild_reads_everything_again()
    {
        using var folder = new TemporaryFolder().WithPeople();
        DatameshProcess.Run(folder.Root, "run", "p.yaml");
        var json = DatameshProcess.Run(folder.Root, "run", "p.yaml", "--rebuild", "--json").Json;
        Assert.Equal(2, json.GetProperty("targets")[0].GetProperty("rows").GetInt64());
        Assert.Equal(2, DatameshProcess.Run(folder.Root, "dataset", "show", "lake/people", "--json").Json.GetProperty("rows").GetInt64());
    }

    [Fact]
    public void Missing_data_fails_with_its_place()
    {
        using var folder = new TemporaryFolder().WithPeople();
        File.Delete(Path.Combine(folder.Root, "people.csv"));
        var result = DatameshProcess.Run(folder.Root, "run", "p.yaml");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("people.csv", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void File_with_errors_exits_with_2()
    {
        using var folder = new TemporaryFolder();
        folder.Write("w.yaml", "pipeline: p\nsource: a.csv\nstages: [ nothing ]\ndataset: d\n");
        var result = DatameshProcess.Run(folder.Root, "run", "w.yaml");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("w.yaml:3:11: There is no stage 'nothing'.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Epochs_end_where_the_command_line_or_the_pipeline_file_says()
    {
        using var folder = new TemporaryFolder();
        folder.Write("p.yaml", "pipeline: p\nsource: in/*.csv\ndataset: t\n");
        folder.Write("q.yaml", "pipeline: q\nsource: in/*.csv\ndataset: u\nepoch: { bytes: 1, time: 30s }\n");
        for (var file = 0; file < 3; file++) folder.Write($"in/{file}.csv", $"n\n{file}\n");
        Assert.InRange(DatameshProcess.Run(folder.Root, "run", "p.yaml", "--json", "--epoch-bytes", "1").Json.GetProperty("epochs").GetInt32(), 3, 4);
        Assert.InRange(DatameshProcess.Run(folder.Root, "run", "q.yaml", "--json").Json.GetProperty("epochs").GetInt32(), 3, 4);
        var refused = DatameshProcess.Run(folder.Root, "run", "p.yaml", "--epoch-time", "soon");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("'soon' is not a time", refused.Error, StringComparison.Ordinal);
    }
}
