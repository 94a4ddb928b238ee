namespace DataMesh.Cli.Tests.Verbs;

public class PeekVerbTests
{
    [Fact]
    public void Rows_of_the_dataset_are_shown_as_a_plain_table()
    {
        using var folder = new TemporaryFolder().WithPeople();
        var result = DatameshProcess.Run(folder.Root, "peek", "p.yaml");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("name string  age int64  city string\nAnn                 31  Oslo\nDee                 45\n", result.Output);
        Assert.DoesNotContain('\e', result.Output);
        Assert.Contains("1 records were set aside", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder.Root, "lake")));
    }

    [Theory]
    [InlineData("evolve", "id int64  v int64  w string\n       1        5\n       2        6  x\n", "")]
    [InlineData("ignore", "id int64  v int64\n       1        5\n       2        6\n", "")]
    [InlineData("quarantine", "id int64  v int64\n       1        5\n", "1 records were set aside on the way: structural_drift 1")]
    public void Every_file_is_judged_by_the_drift_policy_and_nothing_is_written(string policy, string output, string told)
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.csv", "id,v\n1,5\n");
        folder.Write("b.csv", "id,v,w\n2,6,x\n");
        folder.Write("d.yaml", $"pipeline: d\nsource: '*.csv'\ndrift: {policy}\ndataset: d\n");
        var result = DatameshProcess.Run(folder.Root, "peek", "d.yaml");
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(output, result.Output);
        Assert.Equal(told, result.Error.Trim());
        Assert.Equal(["a.csv", "b.csv", "d.yaml"], Directory.GetFileSystemEntries(folder.Root).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_change_that_stops_a_run_stops_here_too()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.csv", "id,v\n1,5\n");
        folder.Write("b.csv", "id\n2\n");
        folder.Write("d.yaml", "pipeline: d\nsource: '*.csv'\ndrift: fail\ndataset: d\n");
        var result = DatameshProcess.Run(folder.Root, "peek", "d.yaml");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("b.csv", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_after_a_stage_are_limited()
    {
        using var folder = new TemporaryFolder().WithPeople();
        var json = DatameshProcess.Run(folder.Root, "peek", "p.yaml", "--after", "rename", "-n", "2", "--json").Json;
        Assert.Equal(["Ann", "Bob"], json.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("name").GetString()));
        Assert.Equal("string", json.GetProperty("columns")[1].GetProperty("type").GetString());
    }

    [Fact]
    public void Data_file_needs_no_pipeline()
    {
        using var folder = new TemporaryFolder().WithPeople();
        var json = DatameshProcess.Run(folder.Root, "peek", "people.csv", "--json").Json;
        Assert.Equal(4, json.GetProperty("rows").GetArrayLength());
    }

    [Fact]
    public void Unknown_stage_names_the_nearest()
    {
        using var folder = new TemporaryFolder().WithPeople();
        var result = DatameshProcess.Run(folder.Root, "peek", "p.yaml", "--after", "adlts");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("did you mean 'adults'?", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_data_is_an_error_without_a_stack()
    {
        var result = DatameshProcess.Run(".", "peek", "nowhere.csv");
        Assert.Equal(1, result.ExitCode);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }
}
