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
