using System.Globalization;
using System.Text;
using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Tests.Runs;

/// <summary>What stages keep from epoch to epoch and from run to run.</summary>
public sealed class KeptStateTests : IDisposable
{
    private const string Deduplicate = """
        pipeline: p
        source: { type: file, path: in/*.csv }
        stages:
          - { id: once, deduplicate: { keys: [k], on_full: forget_oldest, memory: 8KB } }
        dataset: { name: t }
        """;

    private static readonly RunOptions SmallEpochs = new() { EpochBytes = 1 };

    private readonly RunFolder _folder = new();

    private string StateFolder => Path.Combine(_folder.Root, "lake", "t", "_datamesh", "state");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Repeats_are_left_out_alike_in_one_epoch_in_many_and_over_several_processes()
    {
        using var other = new RunFolder();
        for (var file = 0; file < 8; file++) WriteKeys(other, file);
        Assert.Equal(1, (await other.RunAsync(Deduplicate)).Epochs);

        for (var file = 0; file < 5; file++) WriteKeys(_folder, file);
        var first = await _folder.RunAsync(Deduplicate, SmallEpochs);
        Assert.InRange(first.Epochs, 5, 6);
        Assert.All(first.Stages, line => Assert.True(line.Closes, line.ToString()));
        for (var file = 5; file < 8; file++) WriteKeys(_folder, file);
        _folder.ForgetState();
        Assert.InRange((await _folder.RunAsync(Deduplicate, SmallEpochs)).Epochs, 3, 4);
        Assert.Equal(other.Rows("t").Order(StringComparer.Ordinal), _folder.Rows("t").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(FailAt.BeforeCommit, 1)]
    [InlineData(FailAt.AfterCommit, 1)]
    [InlineData(FailAt.BeforeCommit, 3)]
    [InlineData(FailAt.AfterCommit, 3)]
    internal async Task State_and_rows_are_of_the_same_epoch_whenever_the_process_dies(FailAt when, int atCommit)
    {
        using var other = new RunFolder();
        for (var file = 0; file < 5; file++)
        {
            WriteKeys(other, file);
            WriteKeys(_folder, file);
        }

        await other.RunAsync(Deduplicate);
        Assert.Equal(RunOutcome.Failed, (await RunFolder.RunAsync(WithFailure(_folder.Define(Deduplicate), when, atCommit), SmallEpochs)).Outcome);
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(Deduplicate, SmallEpochs)).Outcome);
        Assert.Equal(other.Rows("t").Order(StringComparer.Ordinal), _folder.Rows("t").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(FailAt.BeforeCommit, 2)]
    [InlineData(FailAt.AfterCommit, 2)]
    internal async Task Previous_values_go_over_files_epochs_runs_and_deaths(FailAt when, int atCommit)
    {
        const string yaml = """
            pipeline: p
            source: { type: file, path: in/*.csv, types: { v: int64, w: string } }
            stages:
              - { id: carry, fill: { v: { previous: true, by: [k] }, w: { previous: true } } }
            dataset: { name: t }
            """;
        using var other = new RunFolder();
        for (var file = 0; file < 6; file++)
        {
            var text = $"k,v,w\na,{(file % 2 == 0 ? file : "")},\nb,,{(file == 3 ? "w3" : "")}\nb,{(file == 1 ? 11 : "")},\n";
            other.Write($"in/{file}.csv", text);
            if (file < 4) _folder.Write($"in/{file}.csv", text);
        }

        await other.RunAsync(yaml);
        Assert.Equal(RunOutcome.Failed, (await RunFolder.RunAsync(WithFailure(_folder.Define(yaml), when, atCommit), SmallEpochs)).Outcome);
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(yaml, SmallEpochs)).Outcome);
        foreach (var file in new[] { 4, 5 }) File.Copy(Path.Combine(other.Root, $"in/{file}.csv"), Path.Combine(_folder.Root, $"in/{file}.csv"));
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(yaml, SmallEpochs)).Outcome);
        Assert.Equal(other.Rows("t").Order(StringComparer.Ordinal), _folder.Rows("t").Order(StringComparer.Ordinal));
        Assert.Equal(8, _folder.Rows("t").Count(row => row.Contains("w3", StringComparison.Ordinal)));
        Assert.Contains("""{"k":"b","v":11,"w":"w3"}""", _folder.Rows("t"));
    }

    [Fact]
    public async Task Changes_are_put_together_before_there_are_too_many_files_and_old_ones_are_deleted()
    {
        for (var file = 0; file < 40; file++) _folder.Write($"in/{file:D2}.csv", $"k,v\n{file},1\n");
        await _folder.RunAsync(Deduplicate, SmallEpochs);
        Assert.InRange(Directory.GetFiles(StateFolder).Length, 1, 16);
        _folder.Write("in/99.csv", "k,v\n0,2\n40,2\n");
        await _folder.RunAsync(Deduplicate, SmallEpochs);
        Assert.Equal(41, _folder.Rows("t").Count);
    }

    [Fact]
    public async Task A_damaged_or_missing_state_file_stops_the_run_and_a_rebuild_helps()
    {
        WriteKeys(_folder, 0);
        await _folder.RunAsync(Deduplicate);
        var file = Directory.GetFiles(StateFolder).Single();
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
        WriteKeys(_folder, 1);
        var damaged = await _folder.RunAsync(Deduplicate);
        Assert.Equal(RunOutcome.Failed, damaged.Outcome);
        Assert.Contains("'once' kept from earlier runs can not be read", damaged.Error!.Message);
        File.Delete(file);
        Assert.Contains("can not be read", (await _folder.RunAsync(Deduplicate)).Error!.Message);
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(Deduplicate, new RunOptions { Rebuild = true })).Outcome);
        WriteKeys(_folder, 2);
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(Deduplicate)).Outcome);
    }

    [Fact]
    public async Task Another_definition_of_the_stage_is_refused_and_another_id_begins_with_nothing()
    {
        _folder.Write("in/a.csv", "k,v\n1,1\n");
        await _folder.RunAsync(Deduplicate);
        _folder.Write("in/b.csv", "k,v\n1,1\n2,1\n");
        var changed = Deduplicate.Replace("keys: [k]", "keys: [k, v]", StringComparison.Ordinal);
        var refused = await _folder.RunAsync(changed);
        Assert.Contains("no longer what it was", refused.Error!.Message);
        var renamed = await _folder.RunAsync(changed.Replace("id: once", "id: afresh", StringComparison.Ordinal));
        Assert.Equal(RunOutcome.Completed, renamed.Outcome);
        Assert.Contains(renamed.Messages, message => message.Contains("'afresh' begins with nothing", StringComparison.Ordinal));
        Assert.Equal(3, _folder.Rows("t").Count);
    }

    [Fact]
    public async Task Whole_rows_stay_known_when_a_column_is_added()
    {
        const string whole = """
            pipeline: p
            source: { type: file, path: in/*.csv }
            stages: [ deduplicate ]
            dataset: { name: t }
            """;
        _folder.Write("in/a.csv", "k,v\n1,x\n2,x\n");
        await _folder.RunAsync(whole);
        _folder.Write("in/b.csv", "w,v,k\n,x,1\n5,x,2\n,y,2\n");
        var result = await _folder.RunAsync(whole);
        Assert.True(result.Outcome == RunOutcome.Completed, result.Error?.Message);
        Assert.Equal(4, _folder.Rows("t").Count);
    }

    [Fact]
    public async Task A_limit_counts_on_in_a_run_that_died_and_anew_in_the_next_one()
    {
        var yaml = Deduplicate.Replace("{ id: once, deduplicate: { keys: [k], on_full: forget_oldest, memory: 8KB } }", "limit: 5", StringComparison.Ordinal);
        for (var file = 0; file < 6; file++) _folder.Write($"in/{file}.csv", $"k,v\n{file}0,1\n{file}1,1\n");
        await RunFolder.RunAsync(WithFailure(_folder.Define(yaml), FailAt.AfterCommit, 2), SmallEpochs);
        Assert.Equal(4, _folder.Rows("t").Count);
        await _folder.RunAsync(yaml, SmallEpochs);
        Assert.Equal(5, _folder.Rows("t").Count);
        _folder.Write("in/7.csv", "k,v\n70,1\n");
        await _folder.RunAsync(yaml, SmallEpochs);
        Assert.InRange(_folder.Rows("t").Count, 6, 10);
    }

    [Fact]
    public async Task A_start_reads_a_bounded_number_of_manifests()
    {
        const string yaml = """
            pipeline: p
            source: { type: file, path: in/*.csv }
            dataset: { name: t }
            """;
        for (var file = 0; file < 110; file++) _folder.Write($"in/{file:D3}.csv", $"k\n{file}\n");
        Assert.InRange((await _folder.RunAsync(yaml, SmallEpochs)).Epochs, 110, 111);
        var manifests = Path.Combine(_folder.Root, "lake", "t", "_datamesh", "manifests");
        Assert.Single(Directory.GetFiles(manifests, "*.finished"));
        foreach (var old in Directory.GetFiles(manifests, "*.json").Order(StringComparer.Ordinal).Take(99)) File.Delete(old);
        Assert.Equal(RunOutcome.NothingNew, (await _folder.RunAsync(yaml)).Outcome);
        _folder.Write("in/999.csv", "k\n999\n");
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(yaml)).Outcome);
        Assert.Equal(111, _folder.Rows("t").Count);
    }

    /// <summary>Keys that repeat near and far, more than the memory holds, so that what is forgotten matters.</summary>
    private static void WriteKeys(RunFolder folder, int file)
    {
        var random = new Random(file);
        var text = new StringBuilder("k,v\n");
        for (var i = 0; i < 300; i++) text.Append(CultureInfo.InvariantCulture, $"{file * 100 + random.Next(300)},{file}-{i}\n");
        folder.Write($"in/{file}.csv", text.ToString());
    }

    private static PipelineDefinition WithFailure(PipelineDefinition definition, FailAt when, int atCommit) =>
        definition with { Sinks = [.. definition.Sinks.Select(node => node with { Sink = new FailingSink(node.Sink, when, atCommit) })] };
}
