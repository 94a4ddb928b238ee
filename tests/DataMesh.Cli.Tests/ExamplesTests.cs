namespace DataMesh.Cli.Tests;

/// <summary>The examples run as they stand: their tests pass, the runs end well, and every record is accounted for.</summary>
public class ExamplesTests
{
    [Theory]
    [InlineData("birdstrikes", "birdstrikes=9985,birdstrikes_by_state=*", 15)]
    [InlineData("earthquakes", "earthquakes=1679,strong_earthquakes=*", 0)]
    [InlineData("weather", "daily_weather=1461,monthly.csv=48", 0)]
    public void Example_runs(string name, string rows, int quarantined)
    {
        using var folder = new TemporaryFolder();
        Copy(Path.Combine(SourceTree.Root, "examples"), folder.Root, name);
        var file = $"{name}/{name}.yaml";
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "validate", file).ExitCode);
        var tests = DatameshProcess.Run(folder.Root, "test", file);
        Assert.True(tests.ExitCode == 0, tests.Output + tests.Error);
        var run = DatameshProcess.Run(folder.Root, "run", file, "--json");
        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        var written = run.Json.GetProperty("targets").EnumerateArray().Select(target => target.GetProperty("rows").GetInt64()).ToList();
        var expected = rows.Split(',').Select(each => each.Split('=')[1]).ToList();
        Assert.Equal(expected.Count, written.Count);
        for (var i = 0; i < expected.Count; i++) Assert.True(expected[i] == "*" ? written[i] > 0 : written[i].ToString() == expected[i], $"{rows}: {string.Join(", ", written)}");
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
