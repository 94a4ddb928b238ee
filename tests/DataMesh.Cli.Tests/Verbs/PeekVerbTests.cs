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
    [InlineData("drift: quarantine", true)]
    [InlineData("drift: { columns: { age: { type_changed: fail } } }", true)]
    [InlineData("drift: evolve", false)]
    public void A_drift_policy_that_would_set_rows_apart_is_said_not_to_be_applied(string policy, bool isSaid)
    {
        using var folder = new TemporaryFolder().WithPeople();
        folder.Write("d.yaml", $"pipeline: d\nsource: people.csv\n{policy}\ndataset: d\n");
        var result = DatameshProcess.Run(folder.Root, "peek", "d.yaml");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(isSaid, result.Error.Contains("The drift policy is not applied here", StringComparison.Ordinal));
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
