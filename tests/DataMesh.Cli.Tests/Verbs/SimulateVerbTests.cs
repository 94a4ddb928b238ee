using System.Globalization;
using System.Text;

namespace DataMesh.Cli.Tests.Verbs;

public sealed class SimulateVerbTests
{
    [Theory]
    [InlineData("birdstrikes/birdstrikes.yaml", "disk")]
    [InlineData("earthquakes/earthquakes.yaml", "disk")]
    [InlineData("cluster/quarters.yaml", "disk")]
    [InlineData("drifting/drifting.yaml", "disk")]
    [InlineData("weather/weather.yaml", "disk")]
    public void What_is_guaranteed_holds_for_the_examples(string file, string without)
    {
        var simulated = DatameshProcess.Run(Path.Combine(SourceTree.Root, "examples"), "simulate", file, "--seeds", "2", "--rows", "200", "--without", without);
        Assert.True(simulated.ExitCode == 0, simulated.Output + simulated.Error);
        Assert.Contains("Everything held", simulated.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_that_depends_on_order_is_found_and_the_printed_command_shows_it_again()
    {
        using var folder = new TemporaryFolder();
        for (var file = 0; file < 6; file++)
        {
            var rows = new StringBuilder("k\n");
            for (var row = 0; row < 50; row++) rows.Append(CultureInfo.InvariantCulture, $"{(file * 50) + row}\n");
            folder.Write(string.Create(CultureInfo.InvariantCulture, $"in/{file}.csv"), rows.ToString());
        }

        // Whichever rows come first: with several tasks that is not always the same ones.
        folder.Write("p.yaml", "pipeline: planted\nsource: in/*.csv\nstages:\n  - limit: 60\ndataset: planted\nparallelism: 3\n");
        var simulated = DatameshProcess.Run(folder.Root, "simulate", "p.yaml", "--seeds", "4");
        Assert.True(simulated.ExitCode == 1, simulated.Output + simulated.Error);
        Assert.Contains("depends on the order", simulated.Output, StringComparison.Ordinal);
        var lines = simulated.Output.Split('\n');
        var at = Array.FindIndex(lines, line => line.Contains("VIOLATED", StringComparison.Ordinal));
        var command = lines.First(line => line.StartsWith("  again: datamesh ", StringComparison.Ordinal))["  again: datamesh ".Length..].Split(' ');
        var again = DatameshProcess.Run(folder.Root, command);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains(lines[at], again.Output, StringComparison.Ordinal);
        Assert.Contains(lines[at + 1], again.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(folder.Root, "lake")), "A simulation writes nothing beside the pipeline.");
    }
}
