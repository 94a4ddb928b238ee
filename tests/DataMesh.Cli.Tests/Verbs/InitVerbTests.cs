namespace DataMesh.Cli.Tests.Verbs;

public class InitVerbTests
{
    [Fact]
    public void Proposed_pipeline_is_valid_passes_its_test_and_runs()
    {
        using var folder = new TemporaryFolder();
        folder.Write("my people.csv", "Full Name,Cost $,Start Date\n\"Ann \"\"A\"\" O'Neil\",1.5,2024-01-31\nBob,,2024-02-01\n");
        var result = DatameshProcess.Run(folder.Root, "init", "my people.csv");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var yaml = File.ReadAllText(Path.Combine(folder.Root, "my_people.yaml"));
        Assert.Contains("\"Full Name\": full_name", yaml, StringComparison.Ordinal);
        Assert.Contains("\"Cost $\": cost", yaml, StringComparison.Ordinal);
        Assert.Equal("my_people.yaml: valid\n", DatameshProcess.Run(folder.Root, "validate", "my_people.yaml").Output);
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "test", "my_people.yaml").ExitCode);
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "run", "my_people.yaml").ExitCode);
    }

    [Fact]
    public void Nested_json_works_too()
    {
        using var folder = new TemporaryFolder();
        folder.Write("events.ndjson", """{"id":1,"user":{"name":"Ann: \"x\" # y"},"tags":["a","b"]}""" + "\n");
        DatameshProcess.Run(folder.Root, "init", "events.ndjson");
        Assert.Equal((0, ""), (DatameshProcess.Run(folder.Root, "test", "events.yaml").ExitCode, DatameshProcess.Run(folder.Root, "validate", "events.yaml").Error));
    }

    [Fact]
    public void File_that_is_there_is_not_overwritten_without_force()
    {
        using var folder = new TemporaryFolder().WithPeople();
        folder.Write("people.yaml", "mine");
        Assert.Equal(1, DatameshProcess.Run(folder.Root, "init", "people.csv").ExitCode);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(folder.Root, "people.yaml")));
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "init", "people.csv", "--force").ExitCode);
    }

    [Fact]
    public void Dash_prints_it()
    {
        using var folder = new TemporaryFolder().WithPeople();
        Assert.StartsWith("pipeline: people\n", DatameshProcess.Run(folder.Root, "init", "people.csv", "-o", "-").Output, StringComparison.Ordinal);
    }
}
