using System.Text;
using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Runs;
using DataMesh.Runtime.Tests.Runs;

namespace DataMesh.Runtime.Tests.Quarantine;

public sealed class StopWhenTests : IDisposable
{
    private const string Pipeline = """
        pipeline: p
        source: { type: file, path: in/*.csv, types: { n: int64 } }
        stages: [ { validate: { n: ">= 0" } } ]
        dataset: { name: t }
        quarantine: { stop_when: 5% of 1000 }
        """;

    private readonly RunFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("5% of 10000", 500, 10000)]
    [InlineData("0.1% of 1_000", 1, 1000)]
    [InlineData("0 of 1", 0, 1)]
    [InlineData("100 of 10000", 100, 10000)]
    public void A_share_or_a_number_of_a_window(string text, long bad, long window)
    {
        Assert.True(BadRecordLimit.TryParse(text, out var limit));
        Assert.Equal((bad, window), (limit!.Bad, limit.Window));
    }

    [Theory]
    [InlineData("5%")]
    [InlineData("5% in 100")]
    [InlineData("100% of 100")]
    [InlineData("-1 of 100")]
    [InlineData("10 of 10")]
    [InlineData("1 of 0")]
    [InlineData("many of 100")]
    public void Anything_else_is_no_limit(string text) => Assert.False(BadRecordLimit.TryParse(text, out _));

    [Fact]
    public void A_wrong_limit_is_told_at_its_place()
    {
        _folder.Write("in/a.csv", "n\n1\n");
        var error = Assert.ThrowsAny<Exception>(() => _folder.Define(Pipeline.Replace("5% of 1000", "five", StringComparison.Ordinal)));
        Assert.Contains("'five' is not a limit", error.Message);
    }

    [Theory]
    [InlineData(50, false)]
    [InlineData(51, true)]
    public async Task More_than_the_share_of_any_window_stops_the_run_before_it_commits(int bad, bool stops)
    {
        _folder.Write("in/a.csv", Rows(5000, row => row >= 3000 && row < 3000 + bad));
        var result = await _folder.RunAsync(Pipeline);
        if (!stops)
        {
            Assert.Equal(RunOutcome.Completed, result.Outcome);
            Assert.False(result.SetTooManyAside);
            return;
        }

        Assert.Equal((RunOutcome.Failed, true), (result.Outcome, result.SetTooManyAside));
        Assert.Contains("more than 50 of 1000 consecutive records", result.Error!.Message);
        Assert.Contains("misfit", result.Error.Message);
        Assert.Contains("in/a.csv @ ", result.Error.Message);
        Assert.False(Directory.Exists(Path.Combine(_folder.Root, "lake", "t", "_delta_log")));
    }

    [Fact]
    public async Task Bad_records_that_lie_apart_do_not_stop_it()
    {
        _folder.Write("in/a.csv", Rows(20_000, row => row % 25 == 0));
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(Pipeline)).Outcome);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task It_stops_at_the_same_record_however_many_cores_and_wherever_rows_fail(int cores)
    {
        // Half of the bad records fail to decode, half break the rule; they lie across the border of two blocks.
        var text = new StringBuilder("n,s\n");
        for (var row = 0; row < 40_000; row++)
            text.Append(row is >= 27_000 and < 29_000 && row % 19 == 0 ? (row % 2 == 0 ? "x" : "-1") : row.ToString(System.Globalization.CultureInfo.InvariantCulture)).Append(',').Append('y', 30).Append('\n');
        _folder.Write("in/a.csv", text.ToString());
        var result = await _folder.RunAsync(Pipeline, new RunOptions { Cores = cores });
        Assert.True(result.SetTooManyAside);
        // Rows 27,018 to 27,968 in steps of 19 are the first 51 bad ones: 26 of one kind, 25 of the other.
        Assert.Contains("26 misfit, 25 rule_failed", result.Error!.Message);
    }

    [Fact]
    public async Task Earlier_epochs_stay_and_the_next_run_goes_on_after_the_source_was_mended()
    {
        _folder.Write("in/a.csv", Rows(3000, _ => false));
        await _folder.RunAsync(Pipeline);
        _folder.Write("in/b.csv", Rows(3000, row => row > 1000));
        Assert.True((await _folder.RunAsync(Pipeline)).SetTooManyAside);
        Assert.Equal(3000, _folder.Table("t").Rows);
        await QuarantineFolder.ClosedAsync(_folder.Define(Pipeline));
        _folder.Write("in/b.csv", Rows(3000, _ => false));
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(Pipeline)).Outcome);
        Assert.Equal(6000, _folder.Table("t").Rows);
    }

    [Fact]
    public async Task It_stops_also_while_the_reader_waits_for_room()
    {
        var line = $",{new string('x', 1000)}\n";
        var text = new StringBuilder("n,note\n");
        for (var i = 0; i < 40_000; i++) text.Append(i % 2 == 0 ? -1 : i).Append(line);
        _folder.Write("in/a.csv", text.ToString());
        var result = await _folder.RunAsync(Pipeline, new RunOptions { Cores = 1 }).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.True(result.SetTooManyAside, result.Error?.Message);
        Assert.Empty(result.Targets);
    }

    private static string Rows(int count, Func<int, bool> isBad)
    {
        var text = new StringBuilder("n,s\n");
        for (var row = 0; row < count; row++) text.Append(isBad(row) ? "x" : $"{row}").Append(",y\n");
        return text.ToString();
    }
}
