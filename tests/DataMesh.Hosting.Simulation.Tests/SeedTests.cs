using System.Globalization;

namespace DataMesh.Hosting.Simulation.Tests;

/// <summary>
/// Pipelines in a simulated cluster under faults. <c>DATAMESH_SEEDS</c> tries that many seeds instead of the usual number.
/// </summary>
public sealed class SeedTests
{
    private const int AtOnce = 2;

    private static int Seeds => int.TryParse(Environment.GetEnvironmentVariable("DATAMESH_SEEDS"), CultureInfo.InvariantCulture, out var seeds) ? seeds : 200;

    [Fact]
    public async Task No_seed_loses_or_doubles_a_row_and_every_step_of_the_protocol_is_struck()
    {
        var each = Seeds / AtOnce;
        var ends = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(part => SimulatorProcess.RunAsync("all", Text(1000 + (part * each)), Text(each))));
        Assert.All(ends, end => Assert.True(end.ExitCode == 0, string.Join('\n', end.Lines)));
        var reached = ends.SelectMany(end => end.Lines).Where(line => line.StartsWith("point ", StringComparison.Ordinal)).Select(line => line.Split(' '))
            .GroupBy(words => words[1]).ToDictionary(point => point.Key, point => point.Sum(words => int.Parse(words[2], CultureInfo.InvariantCulture)));
        Assert.All(PointsOfTheProtocol(), point => Assert.True(reached.GetValueOrDefault(point) > 0, $"No seed came to {point}."));
    }

    [Fact]
    public async Task The_same_seed_is_the_same_history()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => SimulatorProcess.RunAsync("all", "0", "12", "-t")));
        var traces = runs.Select(run => run.Lines.Where(line => line.StartsWith("trace ", StringComparison.Ordinal)).ToList()).ToList();
        Assert.Equal(12, traces[0].Count);
        Assert.Equal(traces[0], traces[1]);
        Assert.Equal(12, traces[0].Select(line => line.Split(' ')[2]).Distinct().Count());
    }

    [Theory]
    [InlineData("fencing")]
    [InlineData("idempotence")]
    [InlineData("prepare")]
    public async Task Without_a_part_of_the_protocol_seeds_fail_and_the_printed_command_replays_one(string part)
    {
        var (exitCode, lines) = await SimulatorProcess.RunAsync("tables", "0", "60", "without", part);
        Assert.True(exitCode == 1, string.Join('\n', lines));
        var failed = lines.First(line => line.StartsWith("FAILED ", StringComparison.Ordinal));
        var command = failed[(failed.IndexOf(" -- ", StringComparison.Ordinal) + 4)..].Split(' ');
        var again = await SimulatorProcess.RunAsync(command);
        Assert.Contains(failed, again.Lines);
        Assert.Equal(FirstViolation(lines), FirstViolation(again.Lines));
    }

    private static string FirstViolation(IReadOnlyList<string> lines) => lines.First(line => line.StartsWith("  ", StringComparison.Ordinal)).Split('(')[0].Split("/datamesh-")[0];

    /// <summary>The steps that the protocol's page lists.</summary>
    private static IEnumerable<string> PointsOfTheProtocol()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var page = Path.Combine(folder.FullName, "docs", "mechanisms", "commit-protocol.md");
            if (!File.Exists(page)) continue;
            var points = File.ReadLines(page).Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('`')[1]).Where(point => point.Contains('.', StringComparison.Ordinal)).ToList();
            Assert.True(points.Count > 10);
            return points;
        }

        throw new FileNotFoundException("docs/mechanisms/commit-protocol.md is not above the tests.");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
