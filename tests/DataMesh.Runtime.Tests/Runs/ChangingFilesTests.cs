using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Tests.Runs;

/// <summary>Files that grow, vanish or are written over, between runs and while they are read.</summary>
public sealed class ChangingFilesTests : IDisposable
{
    private const string Once = "pipeline: p\nsource: { type: file, path: in/*.csv }\ndataset: t\n";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly RunFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_appended_to_a_file_is_read_by_the_next_run_and_nothing_is_read_twice()
    {
        _folder.Write("in/a.csv", "n\n1\n2\n");
        await _folder.RunAsync(Once);
        _folder.Write("in/a.csv", "n\n1\n2\n3\n");
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(Once)).Outcome);
        Assert.Equal(["""{"n":1}""", """{"n":2}""", """{"n":3}"""], _folder.Rows("t").Order());
        Assert.Equal(RunOutcome.NothingNew, (await _folder.RunAsync(Once)).Outcome);
    }

    [Fact]
    public async Task A_file_that_had_settled_when_it_was_read_is_not_looked_into_again_while_it_stays_the_same()
    {
        _folder.Write("in/old.csv", "n\n1\n");
        File.SetLastWriteTimeUtc(Path.Combine(_folder.Root, "in", "old.csv"), DateTime.UtcNow.AddHours(-1));
        await _folder.RunAsync(Once);
        var manifest = File.ReadAllText(Directory.GetFiles(Path.Combine(_folder.Root, "lake", "t", "_datamesh", "manifests")).Single());
        Assert.True(System.Text.Json.JsonDocument.Parse(manifest).RootElement.GetProperty("finished")[0].GetProperty("is_whole").GetBoolean());
        Assert.Equal(RunOutcome.NothingNew, (await _folder.RunAsync(Once)).Outcome);
        _folder.Write("in/old.csv", "n\n1\n2\n");
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(Once)).Outcome);
        Assert.Equal(2, _folder.Rows("t").Count);
    }

    [Fact]
    public async Task A_file_whose_earlier_content_changed_is_left_alone_with_a_message()
    {
        _folder.Write("in/a.csv", "n\n1\n2\n");
        await _folder.RunAsync(Once);
        _folder.Write("in/a.csv", "n\n9\n2\n3\n");
        var result = await _folder.RunAsync(Once);
        Assert.Equal(RunOutcome.NothingNew, result.Outcome);
        Assert.Contains(result.Messages, message => message.Contains("has changed since", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_continuous_pipeline_reads_new_and_growing_files_until_it_is_stopped_and_leaves_a_half_written_record_for_later()
    {
        using var stop = new CancellationTokenSource();
        var running = _folder.RunAsync(Once + "trigger: continuous\n", stop: stop.Token);
        _folder.Write("in/a.csv", "n,x\n1,one\n2,tw");
        await HoldsAsync("""{"n":1,"x":"one"}""");
        Assert.Single(_folder.Rows("t"));
        _folder.Write("in/a.csv", "n,x\n1,one\n2,two\n");
        await HoldsAsync("""{"n":2,"x":"two"}""");
        _folder.Write("in/b.csv", "n,x\n3,three\n");
        await HoldsAsync("""{"n":3,"x":"three"}""");
        await stop.CancelAsync();
        Assert.Equal(RunOutcome.Stopped, (await running).Outcome);
        Assert.Equal(3, _folder.Rows("t").Count);
        Assert.Equal(RunOutcome.NothingNew, (await _folder.RunAsync(Once)).Outcome);
    }

    [Fact]
    public async Task A_record_left_half_is_read_as_it_is_once_its_file_has_settled()
    {
        using var stop = new CancellationTokenSource();
        var running = _folder.RunAsync(Once + "trigger: continuous\n", stop: stop.Token);
        _folder.Write("in/a.csv", "n\n1\n22");
        await HoldsAsync("""{"n":1}""");
        await stop.CancelAsync();
        await running;
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(Once)).Outcome);
        Assert.Equal(["""{"n":1}""", """{"n":22}"""], _folder.Rows("t").Order());
    }

    [Fact]
    public async Task A_file_that_seems_to_come_from_the_future_is_not_waited_for()
    {
        using var stop = new CancellationTokenSource();
        _folder.Write("in/a.csv", "n\n1\n2");
        File.SetLastWriteTimeUtc(Path.Combine(_folder.Root, "in", "a.csv"), DateTime.UtcNow.AddHours(1));
        var running = _folder.RunAsync(Once + "trigger: continuous\n", stop: stop.Token);
        await HoldsAsync("""{"n":2}""");
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task A_file_that_is_gone_when_it_should_be_opened_is_passed_over_by_the_next_attempt()
    {
        _folder.Write("in/a.csv", "n\n1\n");
        _folder.Write("in/b.csv", "n\n2\n");
        var (definition, source) = Meddle();
        source.AfterListing = () => File.Delete(Path.Combine(_folder.Root, "in", "b.csv"));
        var result = await RunFolder.RunAsync(definition);
        Assert.True(result.Outcome == RunOutcome.Completed, result.Error?.Message);
        Assert.Equal(["""{"n":1}"""], _folder.Rows("t"));
    }

    [Fact]
    public async Task A_file_that_is_deleted_while_it_is_read_is_read_to_its_end()
    {
        _folder.Write("in/a.csv", "n\n1\n2\n");
        var (definition, source) = Meddle();
        source.WhileReading = () => File.Delete(Path.Combine(_folder.Root, "in", "a.csv"));
        Assert.Equal(RunOutcome.Completed, (await RunFolder.RunAsync(definition)).Outcome);
        Assert.Equal(2, _folder.Rows("t").Count);
    }

    [Fact]
    public async Task A_file_that_is_written_over_while_it_is_read_is_read_again_and_nothing_of_a_mixture_is_committed()
    {
        _folder.Write("in/a.csv", "n\n1\n2\n");
        var (definition, source) = Meddle();
        source.WhileReading = () => _folder.Write("in/a.csv", "n\n7\n8\n9\n");
        var result = await RunFolder.RunAsync(definition);
        Assert.True(result.Outcome == RunOutcome.Completed, result.Error?.Message);
        Assert.Equal(["""{"n":7}""", """{"n":8}""", """{"n":9}"""], _folder.Rows("t").Order());
        Assert.Contains(result.Messages, message => message.Contains("written over", StringComparison.Ordinal));
    }

    private (PipelineDefinition Definition, MeddlingSource Source) Meddle()
    {
        var definition = _folder.Define(Once);
        var node = definition.Sources[0];
        var source = new MeddlingSource(node.Source);
        return (new PipelineDefinition
        {
            Name = definition.Name,
            File = definition.File,
            Text = definition.Text,
            Sources = [node with { Source = source }],
            Stages = definition.Stages,
            Sinks = definition.Sinks,
        }, source);
    }

    private async Task HoldsAsync(string row)
    {
        var until = DateTime.UtcNow + Patience;
        while (!Formats.Delta.DeltaTable.Exists(Path.Combine(_folder.Root, "lake", "t")) || !_folder.Rows("t").Contains(row))
        {
            Assert.True(DateTime.UtcNow < until, $"{row} did not appear.");
            await Task.Delay(50);
        }
    }
}
