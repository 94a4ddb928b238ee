using System.Globalization;
using System.Text;
using DataMesh.Core.Columns;
using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Tests.Runs;

/// <summary>The run that creates a table commits epoch by epoch; a value that asks for a wider type makes it start over.</summary>
public sealed class CreatingTests : IDisposable
{
    private const string Yaml = """
        pipeline: p
        source: { type: file, path: in/*.csv }
        stages:
          - validate: { n: n <> 13 }
        dataset: { name: t }
        epoch: { bytes: 1KB }
        """;

    /// <summary>Lines long enough for several blocks, the wide value far behind the sample.</summary>
    private const int Lines = 60_000, WideLine = 50_000;

    private readonly RunFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_wider_type_in_a_later_epoch_starts_the_run_over_and_replaces_what_it_committed()
    {
        WriteWide();
        var result = await _folder.RunAsync(Yaml);
        Assert.True(result.Outcome == RunOutcome.Completed, result.Error?.Message);
        Assert.Contains(result.Messages, message => message.Contains("starting again", StringComparison.Ordinal));
        CheckTable();
        Assert.Equal(new Dictionary<string, long> { ["rule_failed"] = 1 }, result.Quarantine);
        Assert.Equal(Lines, result.Stages[0].In);
        Assert.Equal(Lines - 1, result.Targets.Single().Rows);
        Assert.True(_folder.Table("t").Version > result.Epochs, "nothing was committed before the run started over");
    }

    [Theory]
    [InlineData(FailAt.BeforeCommit)]
    [InlineData(FailAt.AfterCommit)]
    internal async Task A_process_that_dies_around_the_replacing_commit_is_followed_by_one_that_ends_alike(FailAt when)
    {
        WriteWide();
        var before = await CommitsBeforeStartingOverAsync();
        var failed = await RunFolder.RunAsync(WithFailure(_folder.Define(Yaml), when, before + 1));
        Assert.Equal(RunOutcome.Failed, failed.Outcome);
        _folder.ForgetState();
        var next = await _folder.RunAsync(Yaml);
        Assert.True(next.Outcome == RunOutcome.Completed, next.Error?.Message);
        CheckTable();
    }

    [Fact]
    public async Task A_run_that_died_while_creating_still_widens_when_it_goes_on()
    {
        WriteWide();
        await RunFolder.RunAsync(WithFailure(_folder.Define(Yaml), FailAt.AfterCommit, 1));
        Assert.Equal(0, _folder.Table("t").Version);
        _folder.ForgetState();
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(Yaml)).Outcome);
        CheckTable();
    }

    [Fact]
    public async Task Once_a_run_has_come_to_its_end_the_types_stay()
    {
        _folder.Write("in/0.csv", "n,s\n1,1\n");
        await _folder.RunAsync(Yaml);
        _folder.Write("in/1.csv", "n,s\n2,wide\n");
        var result = await _folder.RunAsync(Yaml);
        Assert.Equal(new Dictionary<string, long> { ["misfit"] = 1 }, result.Quarantine);
    }

    [Fact]
    public async Task A_file_that_is_gone_is_not_lost_by_starting_over()
    {
        _folder.Write("in/0.csv", "n,s\n0,1\n");
        WriteWide();
        await RunFolder.RunAsync(WithFailure(_folder.Define(Yaml), FailAt.AfterCommit, 2));
        File.Delete(Path.Combine(_folder.Root, "in", "0.csv"));
        var result = await _folder.RunAsync(Yaml);
        Assert.Equal(RunOutcome.Failed, result.Outcome);
        Assert.Contains("no longer there", result.Error!.Message);
        Assert.Contains(_folder.Rows("t"), row => row.StartsWith("""{"n":0,"s":1""", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_column_that_was_only_null_joins_without_starting_over()
    {
        var text = new StringBuilder("n,s\n");
        for (var i = 1; i <= Lines; i++) text.Append(CultureInfo.InvariantCulture, $"{i}{new string('0', 20)},{(i == WideLine ? "7" : "")}\n");
        _folder.Write("in/a.csv", text.ToString());
        var result = await _folder.RunAsync(Yaml.Replace("n <> 13", "n <> 'x'", StringComparison.Ordinal));
        Assert.True(result.Outcome == RunOutcome.Completed, result.Error?.Message);
        Assert.Equal(Lines, _folder.Table("t").Rows);
        Assert.Equal(result.Epochs, _folder.Table("t").Version + 1);
        Assert.Equal(DataType.Int64, _folder.Table("t").Schema[1].Type);
    }

    private void WriteWide() => WriteWide(_folder);

    private static void WriteWide(RunFolder folder)
    {
        var text = new StringBuilder("n,s,t\n");
        for (var i = 1; i <= Lines; i++) text.Append(CultureInfo.InvariantCulture, $"{i},{(i == WideLine ? "wide" : "7")},some text that fills the blocks of the file so that there are several\n");
        folder.Write("in/a.csv", text.ToString());
    }

    private static async Task<int> CommitsBeforeStartingOverAsync()
    {
        using var dry = new RunFolder();
        WriteWide(dry);
        var result = await dry.RunAsync(Yaml);
        return (int)dry.Table("t").Version + 1 - result.Epochs;
    }

    private void CheckTable()
    {
        var table = _folder.Table("t");
        Assert.Equal(DataType.String, table.Schema[1].Type);
        Assert.Equal(Lines - 1, table.Rows);
        var rows = _folder.Rows("t");
        Assert.Equal(Lines - 1, rows.Distinct().Count());
        Assert.Contains(rows, row => row.StartsWith($$"""{"n":{{WideLine}},"s":"wide",""", StringComparison.Ordinal));
    }

    private static PipelineDefinition WithFailure(PipelineDefinition definition, FailAt when, int atCommit) =>
        definition with { Sinks = [.. definition.Sinks.Select(node => node with { Sink = new FailingSink(node.Sink, when, atCommit) })] };
}
