using System.Text;
using DataMesh.Runtime.Audit;
using DataMesh.Runtime.Runs;
using DataMesh.Runtime.Tests.Runs;

namespace DataMesh.Runtime.Tests.Audit;

public sealed class LedgerAuditTests : IDisposable
{
    private const string Pipeline = """
        pipeline: p
        source: { type: file, path: in/*.csv }
        stages:
          - filter: n % 2 = 0
          - validate: { n: "< 1000000" }
        dataset: { name: t }
        """;

    private static readonly RunOptions SmallEpochs = new() { EpochBytes = 1 };

    private readonly RunFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_pipeline_that_never_ran_has_an_empty_account()
    {
        _folder.Write("in/a.csv", "n\n1\n");
        var report = await AuditAsync();
        Assert.True(report.Closes);
        Assert.Empty(report.Epochs);
    }

    [Fact]
    public async Task Every_epoch_closes_and_counts_again_to_the_same()
    {
        var epochs = await RunThreeFilesAsync();
        var report = await AuditAsync(recount: true);
        Assert.True(report.Closes, Text(report));
        Assert.Equal(epochs, report.Epochs.Count);
        Assert.Equal(3, report.SplitsChecked);
        Assert.Equal(epochs, report.LogEntriesChecked);
        Assert.True(report.SplitsRecounted >= epochs - 1);
        Assert.Equal(2, report.Quarantined);
        Assert.Equal(2, report.Waiting);
    }

    [Fact]
    public async Task It_survives_a_checkpoint_and_the_deletion_of_every_older_log_entry()
    {
        await RunThreeFilesAsync();
        for (var i = 0; i < 12; i++)
        {
            _folder.Write($"in/late{i:D2}.csv", $"n\n{i * 2}\n");
            await _folder.RunAsync(Pipeline);
        }

        var log = Path.Combine(_folder.Root, "lake", "t", "_delta_log");
        var newest = Directory.GetFiles(log, "*.checkpoint.parquet").Select(path => long.Parse(Path.GetFileName(path)[..20], null)).Max();
        Assert.True(newest >= 10);
        foreach (var entry in Directory.GetFiles(log, "*.json").Where(path => char.IsDigit(Path.GetFileName(path)[0]) && long.Parse(Path.GetFileName(path)[..20], null) < newest)) File.Delete(entry);
        var report = await AuditAsync();
        Assert.True(report.Closes, Text(report));
        Assert.Contains(report.Epochs[0].Notes, note => note.Contains("cleaned up", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_changed_row_count_is_found_in_its_epoch()
    {
        await RunThreeFilesAsync();
        Change(1, text => ReplaceFirst(text, "\"rows\":", "\"rows\":1"));
        Fails(await AuditAsync(), 1, "files");
    }

    [Fact]
    public async Task A_stage_whose_equation_does_not_hold_is_named()
    {
        await RunThreeFilesAsync();
        Change(2, text => ReplaceFirst(text, "\"filtered\":", "\"filtered\":7"));
        var finding = Fails(await AuditAsync(), 2, "equation");
        Assert.Contains("'source'", finding.What);
    }

    [Fact]
    public async Task An_account_that_is_gone_is_the_first_that_does_not_close()
    {
        await RunThreeFilesAsync();
        File.Delete(ManifestPath(1));
        var report = await AuditAsync();
        Assert.Equal(1, Fails(report, 1, "account") is null ? 0 : report.FirstOpen!.Epoch);
        Assert.All(report.Epochs.Skip(1), epoch => Assert.DoesNotContain(epoch.Findings, finding => finding.Check == "equation"));
    }

    [Fact]
    public async Task A_gap_and_an_overlap_between_ranges_are_found()
    {
        await RunThreeFilesAsync();
        var path = ManifestPath(2);
        var before = File.ReadAllText(path);
        var from = Number(before, "\"from\":");
        Assert.True(from > 0);
        File.WriteAllText(path, ReplaceFirst(before, $"\"from\":{from}", $"\"from\":{from + 5}"));
        Assert.StartsWith("gap", Fails(await AuditAsync(), 2, "ranges").What, StringComparison.Ordinal);
        File.WriteAllText(path, ReplaceFirst(before, $"\"from\":{from}", $"\"from\":{from - 5}"));
        Assert.StartsWith("overlap", Fails(await AuditAsync(), 2, "ranges").What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_data_file_and_a_missing_quarantine_part_are_found()
    {
        await RunThreeFilesAsync();
        var part = Directory.GetFiles(Path.Combine(_folder.Root, "lake", "t", "_quarantine")).Order(StringComparer.Ordinal).First();
        File.Move(part, part + ".away");
        var first = await AuditAsync();
        Assert.Equal("quarantine", Assert.Single(first.FirstOpen!.Findings).Check);
        File.Move(part + ".away", part);
        File.Delete(Path.Combine(_folder.Root, "lake", "t", _folder.Table("t").Files.First().Path));
        Assert.Contains(await AuditAsync() is var second ? second.FirstOpen!.Findings : [], finding => finding.What.Contains("missing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Records_that_an_epoch_forgot_are_found_by_counting_again()
    {
        _folder.Write("in/a.csv", "n\n2\n4\n5\n");
        await _folder.RunAsync(Pipeline);
        // One filtered record less in every line: the equations still hold, no file says otherwise.
        Change(0, text => text.Replace("\"in\":3", "\"in\":2", StringComparison.Ordinal).Replace("\"out\":3", "\"out\":2", StringComparison.Ordinal).Replace("\"filtered\":1", "\"filtered\":0", StringComparison.Ordinal));
        Assert.True((await AuditAsync()).Closes);
        Assert.Contains("3 records", Fails(await AuditAsync(recount: true), 0, "recount").What);
    }

    [Fact]
    public async Task A_file_read_half_keeps_its_place_when_a_new_one_comes_before_it()
    {
        _folder.Write("in/0.csv", "n\n0\n");
        await _folder.RunAsync(Pipeline);
        _folder.Write("in/m.csv", Numbers(400_000, 600_000));
        await StopAfterFirstEpochAsync();
        _folder.Write("in/b.csv", Numbers(200_000, 400_000));
        await StopAfterFirstEpochAsync();
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(Pipeline)).Outcome);
        Assert.Equal(200_001, _folder.Table("t").Rows);
        var report = await AuditAsync(recount: true);
        Assert.True(report.Closes, Text(report));
    }

    /// <summary>One file in the epoch that creates the table, then one of three blocks and a small one in epochs of a block; two records are set aside.</summary>
    private async Task<int> RunThreeFilesAsync()
    {
        _folder.Write("in/a.csv", "n\n2\n4\n5\n2000000\n");
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(Pipeline)).Outcome);
        _folder.Write("in/b.csv", Numbers(100_000, 500_000));
        _folder.Write("in/c.csv", "n\n7\n8\n4000000\n");
        var result = await _folder.RunAsync(Pipeline, SmallEpochs);
        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.True(result.Epochs >= 3);
        return 1 + result.Epochs;
    }

    private async Task StopAfterFirstEpochAsync()
    {
        using var stop = new CancellationTokenSource();
        var definition = _folder.Define(Pipeline);
        var sink = new StoppingSink(definition.Sinks[0].Sink, stop);
        var result = await RunFolder.RunAsync(definition with { Sinks = [definition.Sinks[0] with { Sink = sink }] }, SmallEpochs, stop.Token);
        Assert.Equal(RunOutcome.Stopped, result.Outcome);
    }

    private Task<LedgerReport> AuditAsync(bool recount = false) => LedgerAudit.RunAsync(_folder.Define(Pipeline), recount, CancellationToken.None);

    private static Finding Fails(LedgerReport report, long epoch, string check)
    {
        Assert.False(report.Closes);
        Assert.Equal(epoch, report.FirstOpen!.Epoch);
        return Assert.Single(report.FirstOpen.Findings.Take(1), finding => finding.Check == check);
    }

    private static string Numbers(int from, int to)
    {
        var text = new StringBuilder("n\n");
        for (var i = from; i < to; i++) text.Append(i).Append('\n');
        return text.ToString();
    }

    private string ManifestPath(long epoch) =>
        Directory.GetFiles(Path.Combine(_folder.Root, "lake", "t", "_datamesh", "manifests"), $"*-{epoch:D10}-*").Single();

    private void Change(long epoch, Func<string, string> change)
    {
        var path = ManifestPath(epoch);
        var before = File.ReadAllText(path);
        var after = change(before);
        Assert.NotEqual(before, after);
        File.WriteAllText(path, after);
    }

    private static string ReplaceFirst(string text, string old, string by)
    {
        var at = text.IndexOf(old, StringComparison.Ordinal);
        return text[..at] + by + text[(at + old.Length)..];
    }

    private static long Number(string text, string name)
    {
        var at = text.IndexOf(name, StringComparison.Ordinal) + name.Length;
        return long.Parse(new string([.. text.Skip(at).TakeWhile(char.IsDigit)]), null);
    }

    private static string Text(LedgerReport report) =>
        string.Join("\n", report.Epochs.SelectMany(epoch => epoch.Findings.Select(finding => $"{epoch.Epoch} {finding.Check}: {finding.What}")));
}
