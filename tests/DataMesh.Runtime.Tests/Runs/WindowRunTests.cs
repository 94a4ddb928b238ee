using System.Globalization;
using System.Text;
using DataMesh.Runtime.Quarantine;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Tests.Runs;

/// <summary>Windowed aggregates in whole runs: epochs, processes and deaths make no difference.</summary>
public sealed class WindowRunTests : IDisposable
{
    private const int Files = 7;

    private static readonly RunOptions SmallEpochs = new() { EpochBytes = 1 };

    private readonly RunFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Windows => new("tumbling: 1h", "sliding: { size: 1h, every: 20m }", "session: 2m");

    [Theory]
    [MemberData(nameof(Windows))]
    public async Task One_epoch_many_epochs_and_many_processes_give_the_same_rows(string window)
    {
        using var whole = new RunFolder();
        for (var file = 0; file < Files; file++) WriteRows(whole, file);
        Assert.Equal(1, (await whole.RunAsync(Yaml(window, "keep"))).Epochs);
        var expected = Sorted(whole);

        // Every file in a run of its own, and each of these dies once around its commit.
        for (var file = 0; file < Files; file++)
        {
            WriteRows(_folder, file);
            var dying = _folder.Define(Yaml(window, "keep"));
            var when = file % 2 == 0 ? FailAt.BeforeCommit : FailAt.AfterCommit;
            await RunFolder.RunAsync(dying with { Sinks = [.. dying.Sinks.Select(node => node with { Sink = new FailingSink(node.Sink, when) })] }, SmallEpochs);
            _folder.ForgetState();
            var result = await _folder.RunAsync(Yaml(window, "keep"), SmallEpochs);
            Assert.True(result.Outcome is RunOutcome.Completed or RunOutcome.NothingNew, result.Error?.Message);
            Assert.All(result.Stages, line => Assert.True(line.Closes, line.ToString()));
        }

        Assert.Equal(expected, Sorted(_folder));
        Assert.True(expected.Count > 10);
    }

    [Fact]
    public async Task Windows_emitted_at_the_end_of_a_run_take_no_more_rows()
    {
        var yaml = Yaml("tumbling: 1h", "emit").Replace("late: drop", "late: quarantine", StringComparison.Ordinal);
        _folder.Write("in/0.csv", "at,k,v\n2024-01-01T00:10:00Z,a,1\n");
        await _folder.RunAsync(yaml);
        Assert.Single(_folder.Rows("t"));
        _folder.Write("in/1.csv", "at,k,v\n2024-01-01T00:20:00Z,a,1\n2024-01-01T01:20:00Z,a,1\n");
        var second = await _folder.RunAsync(yaml);
        Assert.Equal(1, second.Quarantine["late"]);
        Assert.Equal(2, _folder.Rows("t").Count);
    }

    [Fact]
    public async Task Records_replayed_while_a_run_waits_to_go_on_close_no_window()
    {
        using var without = new RunFolder();
        var yaml = Yaml("tumbling: 1h", "emit").Replace("stages:", "stages:\n  - validate: { v: v < 1000 }", StringComparison.Ordinal);
        foreach (var folder in new[] { without, _folder })
        {
            folder.Write("in/0.csv", "at,k,v\n2023-12-31T00:10:00Z,a,1\n2023-12-31T00:11:00Z,a,5000\n");
            await folder.RunAsync(yaml);
            for (var file = 1; file < 5; file++) WriteRows(folder, file);
            var dying = folder.Define(yaml);
            await RunFolder.RunAsync(dying with { Sinks = [.. dying.Sinks.Select(node => node with { Sink = new FailingSink(node.Sink, FailAt.AfterCommit, 2) })] }, SmallEpochs);
            if (folder == _folder)
            {
                // The rule has another name: what fails again by it is worth an epoch.
                var renamed = yaml.Replace("- validate: { v: v < 1000 }", "- { id: again, validate: { v: v < 1000 } }", StringComparison.Ordinal);
                var replayed = await folder.RunAsync(renamed, new RunOptions { Settle = new SettleRequest(new QuarantineFilter(), IsReplay: true) });
                Assert.True(replayed.Outcome == RunOutcome.Completed, replayed.Error?.Message);
                Assert.Equal(1, replayed.Quarantine["rule_failed"]);
            }

            Assert.Equal(RunOutcome.Completed, (await folder.RunAsync(yaml, SmallEpochs)).Outcome);
        }

        Assert.Equal(Sorted(without), Sorted(_folder));
    }

    [Theory]
    [InlineData("aggregate: { group_by: [k], aggregates: { n: count(*) } }", "window")]
    [InlineData("deduplicate: { keys: [k], keep: last }", "keep: first")]
    public async Task A_pipeline_without_end_refuses_stages_that_wait_for_one(string stage, string hint)
    {
        _folder.Write("in/0.csv", "at,k,v\n2024-01-01T00:10:00Z,a,1\n");
        var yaml = $"""
            pipeline: p
            source: in/*.csv
            stages:
              - {stage}
            dataset: t
            trigger: every 1h
            """;
        var refused = await _folder.RunAsync(yaml, new RunOptions { Once = true });
        Assert.Equal(RunOutcome.Failed, refused.Outcome);
        Assert.Contains("needs the whole input", refused.Error!.Message);
        Assert.Contains(hint, refused.Error.ToString(), StringComparison.Ordinal);
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(yaml.Replace("dataset: t", "dataset: { name: t, mode: overwrite }", StringComparison.Ordinal), new RunOptions { Once = true })).Outcome);
    }

    private static string Yaml(string window, string atEnd) => $$"""
        pipeline: p
        source: in/*.csv
        stages:
          - aggregate:
              group_by: [k]
              aggregates: { n: count(*), total: sum(v), kinds: count(distinct v), middle: median(v) }
              window: { on: at, {{window}}, lateness: 15m, late: drop, at_end: {{atEnd}} }
        dataset: t
        """;

    private static List<string> Sorted(RunFolder folder) => [.. folder.Rows("t").Order(StringComparer.Ordinal)];

    private static void WriteRows(RunFolder folder, int file)
    {
        var random = new Random(file);
        var text = new StringBuilder("at,k,v\n");
        for (var i = 0; i < 200; i++)
        {
            var at = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddSeconds(file * 3600 + i * 18 + random.Next(-1200, 300));
            text.Append(CultureInfo.InvariantCulture, $"{at:yyyy-MM-dd'T'HH:mm:ss'Z'},{(char)('a' + random.Next(3))},{random.Next(50)}\n");
        }

        folder.Write($"in/{file}.csv", text.ToString());
    }
}
