namespace DataMesh.Cli.Tests;

/// <summary>The examples run as they stand: their tests pass, the runs end well, and every record is accounted for.</summary>
public class ExamplesTests
{
    [Theory]
    [InlineData("birdstrikes")]
    [InlineData("earthquakes")]
    [InlineData("weather")]
    public void Example_is_valid_and_passes_its_tests(string name)
    {
        using var folder = new TemporaryFolder();
        Copy(Path.Combine(SourceTree.Root, "examples"), folder.Root, name);
        var file = $"{name}/{name}.yaml";
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "validate", file).ExitCode);
        var tests = DatameshProcess.Run(folder.Root, "test", file);
        Assert.True(tests.ExitCode == 0, tests.Output + tests.Error);
    }

    [Theory]
    [InlineData("birdstrikes", "birdstrikes=9985,birdstrikes_by_state=371", 15)]
    [InlineData("earthquakes", "earthquakes=1679,strong_earthquakes=85", 0)]
    public void Example_runs(string name, string rows, int quarantined)
    {
        using var folder = new TemporaryFolder();
        Copy(Path.Combine(SourceTree.Root, "examples"), folder.Root, name);
        var file = $"{name}/{name}.yaml";
        var run = DatameshProcess.Run(folder.Root, "run", file, "--json");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        var written = run.Json.GetProperty("targets").EnumerateArray().ToDictionary(target => target.GetProperty("name").GetString()!, target => target.GetProperty("rows").GetInt64());
        Assert.Equal(rows, string.Join(',', written.OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => $"{each.Key}={each.Value}")));
        Assert.Equal(quarantined, run.Json.GetProperty("quarantine").EnumerateObject().Sum(reason => reason.Value.GetInt32()));
        Assert.All(run.Json.GetProperty("stages").EnumerateArray(), stage => Assert.True(stage.GetProperty("closes").GetBoolean()));
    }

    private static void Copy(string from, string to, string name)
    {
        foreach (var folder in new[] { "data", name })
        {
            Directory.CreateDirectory(Path.Combine(to, folder));
            foreach (var file in Directory.EnumerateFiles(Path.Combine(from, folder))) File.Copy(file, Path.Combine(to, folder, Path.GetFileName(file)));
        }
    }
}
