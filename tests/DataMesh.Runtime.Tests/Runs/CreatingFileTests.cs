using System.Globalization;
using System.Text;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Tests.Runs;

/// <summary>The run that creates a file which is appended to commits epoch by epoch, as one that creates a table does.</summary>
public sealed class CreatingFileTests : IDisposable
{
    private const string Yaml = """
        pipeline: p
        source: { type: file, path: in/* }
        sink: { type: file, path: out.csv, mode: append }
        epoch: { bytes: 1KB }
        """;

    private const int Lines = 60_000, WideLine = 50_000;

    private readonly RunFolder _folder = new();

    private string Target => Path.Combine(_folder.Root, "out.csv");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Epochs_are_bounded_and_later_runs_add_to_the_file()
    {
        _folder.Write("in/0.csv", Text(Lines, _ => "7"));
        var result = await _folder.RunAsync(Yaml);
        Assert.InRange(result.Epochs, 2, 1000);
        Assert.Equal(Text(Lines, _ => "7"), await File.ReadAllTextAsync(Target));
        _folder.Write("in/1.csv", "n,s,t\n-1,8,x\n");
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(Yaml)).Outcome);
        Assert.Equal(Text(Lines, _ => "7") + "-1,8,x\n", await File.ReadAllTextAsync(Target));
    }

    [Theory]
    [InlineData(FailAt.Nowhere, 0)]
    [InlineData(FailAt.AfterCommit, 1)]
    [InlineData(FailAt.BeforeCommit, 2)]
    internal async Task A_wider_type_starts_the_run_over_and_replaces_the_file(FailAt when, int atCommit)
    {
        var text = Text(Lines, i => i == WideLine ? "wide" : "0.50");
        _folder.Write("in/a.csv", text);
        if (when != FailAt.Nowhere) Assert.Equal(RunOutcome.Failed, (await RunAsync(Yaml, when, atCommit)).Outcome);
        var result = await _folder.RunAsync(Yaml);
        Assert.True(result.Outcome == RunOutcome.Completed, result.Error?.Message);
        Assert.Contains(result.Messages, message => message.Contains("starting again", StringComparison.Ordinal));
        Assert.Equal(text, await File.ReadAllTextAsync(Target));
    }

    [Fact]
    public async Task A_new_column_starts_the_run_over_where_the_file_can_not_take_it()
    {
        var text = new StringBuilder();
        for (var i = 1; i <= Lines; i++) text.Append(CultureInfo.InvariantCulture, $$"""{"n":{{i}},"t":"some text that fills the blocks of the file so that there are several"{{(i == WideLine ? ",\"late\":1" : "")}}}""").Append('\n');
        _folder.Write("in/a.ndjson", text.ToString());
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(Yaml)).Outcome);
        var lines = await File.ReadAllLinesAsync(Target);
        Assert.Equal(("n,t,late", Lines + 1), (lines[0], lines.Length));
        Assert.EndsWith(",1", lines[WideLine], StringComparison.Ordinal);
        File.Delete(Target);
        var ndjson = Yaml.Replace("out.csv", "out.ndjson", StringComparison.Ordinal).Replace("pipeline: p", "pipeline: q", StringComparison.Ordinal);
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(ndjson)).Outcome);
        Assert.Equal(Lines, (await File.ReadAllLinesAsync(Path.Combine(_folder.Root, "out.ndjson"))).Length);
    }

    [Fact]
    public async Task What_was_in_the_file_before_stays()
    {
        var text = Text(Lines, i => i == WideLine ? "wide" : "7");
        _folder.Write("in/a.csv", text);
        _folder.Write("out.csv", "n,s,t\n0,0,0\n");
        var result = await _folder.RunAsync(Yaml);
        Assert.Equal((RunOutcome.Completed, 1), (result.Outcome, result.Epochs));
        Assert.Equal("n,s,t\n0,0,0\n" + text[6..], await File.ReadAllTextAsync(Target));
    }

    private Task<RunResult> RunAsync(string yaml, FailAt when, int atCommit)
    {
        var definition = _folder.Define(yaml);
        return RunFolder.RunAsync(definition with { Sinks = [.. definition.Sinks.Select(node => node with { Sink = new FailingSink(node.Sink, when, atCommit) })] });
    }

    private static string Text(int lines, Func<int, string> value)
    {
        var text = new StringBuilder("n,s,t\n");
        for (var i = 1; i <= lines; i++) text.Append(CultureInfo.InvariantCulture, $"{i},{value(i)},some text that fills the blocks of the file so that there are several\n");
        return text.ToString();
    }
}
