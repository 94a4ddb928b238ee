namespace DataMesh.Cli.Tests.Verbs;

public class PlanVerbTests
{
    [Fact]
    public void Plan_tells_sources_stages_and_targets()
    {
        using var folder = new TemporaryFolder().WithPeople();
        var result = DatameshProcess.Run(folder.Root, "plan", "p.yaml");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Full Name string, age string, city string", result.Output, StringComparison.Ordinal);
        Assert.Contains("name string, age int64, city string", result.Output, StringComparison.Ordinal);
        Assert.Contains("lake/people: will be created", result.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder.Root, "lake")));
    }

    [Theory]
    [InlineData("out.csv, mode: append", false)]
    [InlineData("there.csv, mode: append", true)]
    [InlineData("there.csv, mode: overwrite", false)]
    [InlineData("'out-{epoch}.csv'", true)]
    public void Plan_says_when_the_first_run_takes_no_epochs(string sink, bool says)
    {
        using var folder = new TemporaryFolder().WithPeople();
        folder.Write("f.yaml", $"pipeline: f\nsource: people.csv\nsink: {{ type: file, path: {sink} }}\n");
        folder.Write("there.csv", "Full Name,age,city\n");
        Assert.Equal(says, DatameshProcess.Run(folder.Root, "plan", "f.yaml").Output.Contains("the first run commits once, at the end of its input", StringComparison.Ordinal));
    }

    [Fact]
    public void Json_holds_the_same()
    {
        using var folder = new TemporaryFolder().WithPeople();
        var json = DatameshProcess.Run(folder.Root, "plan", "p.yaml", "--json").Json;
        Assert.Equal(["rename", "cast", "adults"], json.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("id").GetString()));
        Assert.Equal("parallel", json.GetProperty("stages")[0].GetProperty("runs").GetString());
        Assert.Equal(-1, json.GetProperty("targets")[0].GetProperty("version").GetInt64());
    }

    [Fact]
    public void Graph_is_mermaid()
    {
        using var folder = new TemporaryFolder().WithPeople();
        var output = DatameshProcess.Run(folder.Root, "plan", "p.yaml", "--graph").Output;
        Assert.StartsWith("flowchart LR\n", output, StringComparison.Ordinal);
        Assert.Contains("n_cast --> n_adults\n", output, StringComparison.Ordinal);
        Assert.Contains("n_adults --> n_people\n", output, StringComparison.Ordinal);
    }
}
