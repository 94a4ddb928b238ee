using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Tests.Runs;

/// <summary>A run that ends between two steps of the commit protocol; the next run of the same pipeline must lose and double nothing.</summary>
public sealed class RecoveryTests : IDisposable
{
    private const string Two = """
        pipeline: p
        source: { type: file, path: in/*.csv }
        stages:
          - { id: small, filter: n < 10 }
          - { id: large, from: source, filter: n >= 10 }
        datasets:
          - { name: t, from: small }
          - { name: u, from: large }
        """;

    private readonly RunFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(FailAt.BeforeCommit, FailAt.Nowhere)]
    [InlineData(FailAt.Nowhere, FailAt.BeforeCommit)]
    [InlineData(FailAt.AfterCommit, FailAt.AfterCommit)]
    [InlineData(FailAt.AfterCommit, FailAt.BeforeCommit)]
    [InlineData(FailAt.BeforeCommit, FailAt.BeforeCommit)]
    internal async Task An_epoch_that_was_prepared_is_committed_exactly_once(FailAt first, FailAt second)
    {
        _folder.Write("in/a.csv", "n\n1\n20\n3\n");
        var failed = await RunFolder.RunAsync(WithFailures(_folder.Define(Two), first, second));
        Assert.Equal(RunOutcome.Failed, failed.Outcome);
        _folder.Write("in/b.csv", "n\n4\n50\n");
        _folder.ForgetState();
        var next = await _folder.RunAsync(Two);
        Assert.True(next.Outcome == RunOutcome.Completed, next.Error?.Message);
        Assert.Equal(["""{"n":1}""", """{"n":3}""", """{"n":4}"""], _folder.Rows("t").Order());
        Assert.Equal(["""{"n":20}""", """{"n":50}"""], _folder.Rows("u").Order());
        Assert.Empty(Directory.GetFiles(Path.Combine(_folder.Root, "lake", "t", "_datamesh", "prepared")));
        Assert.Equal(RunOutcome.NothingNew, (await _folder.RunAsync(Two)).Outcome);
    }

    [Fact]
    public async Task A_target_put_back_to_an_older_epoch_stops_the_pipeline()
    {
        _folder.Write("in/a.csv", "n\n1\n20\n");
        await _folder.RunAsync(Two);
        var log = Path.Combine(_folder.Root, "lake", "u", "_delta_log");
        _folder.Write("in/b.csv", "n\n2\n30\n");
        await _folder.RunAsync(Two);
        File.Delete(Path.Combine(log, $"{1:D20}.json"));
        _folder.Write("in/c.csv", "n\n3\n40\n");
        var result = await _folder.RunAsync(Two);
        Assert.Equal(RunOutcome.Failed, result.Outcome);
        Assert.Contains("older copy", result.Error!.Message);
    }

    [Fact]
    public async Task A_second_run_of_the_same_pipeline_at_the_same_time_is_refused()
    {
        _folder.Write("in/a.csv", "n\n1\n20\n");
        Directory.CreateDirectory(Path.Combine(_folder.Root, ".datamesh"));
        using (File.Open(Path.Combine(_folder.Root, ".datamesh", "p.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            var refused = await Assert.ThrowsAsync<Core.Errors.DataMeshException>(() => _folder.RunAsync(Two));
            Assert.Contains("running already", refused.Message);
        }

        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(Two)).Outcome);
    }

    [Fact]
    public async Task A_stop_commits_what_was_read_and_the_next_run_goes_on_there()
    {
        _folder.Write("in/a.csv", "n\n1\n20\n3\n");
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        var stopped = await _folder.RunAsync(Two, stop: stop.Token);
        Assert.Equal(RunOutcome.Stopped, stopped.Outcome);
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(Two)).Outcome);
        Assert.Equal(2, _folder.Rows("t").Count);
        Assert.Single(_folder.Rows("u"));
    }

    private static PipelineDefinition WithFailures(PipelineDefinition definition, FailAt first, FailAt second) => new()
    {
        Name = definition.Name,
        File = definition.File,
        Text = definition.Text,
        Sources = definition.Sources,
        Stages = definition.Stages,
        Sinks = [.. definition.Sinks.Select((node, i) => node with { Sink = new FailingSink(node.Sink, i == 0 ? first : second) })],
    };
}
