using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Runs;
using DataMesh.Runtime.Tests.Runs;

namespace DataMesh.Runtime.Tests.Groups;

/// <summary>Whole pipelines with several tasks: what comes out does not depend on how many there are.</summary>
public sealed class TasksTests : IDisposable
{
    private static readonly RunOptions SmallEpochs = new() { EpochBytes = 500_000 };

    private readonly TasksFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task The_rows_are_the_same_with_any_number_of_tasks(int tasks)
    {
        using var alone = new TasksFolder();
        var expected = await alone.DoneAsync(1);
        var result = await _folder.DoneAsync(tasks);
        Assert.Equal(alone.Rows(), _folder.Rows());
        Assert.Equal(expected.Stages, result.Stages);
        Assert.Equal(expected.Quarantine, result.Quarantine);
        Assert.Equal(expected.Targets.Single().Rows, result.Targets.Single().Rows);
        Assert.Equal(expected.BytesRead, result.BytesRead);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task The_rows_are_the_same_however_often_an_epoch_ends(int tasks)
    {
        using var alone = new TasksFolder();
        await alone.DoneAsync(1, SmallEpochs);
        var result = await _folder.DoneAsync(tasks, SmallEpochs);
        Assert.Equal(alone.Rows(), _folder.Rows());
        Assert.True(result.Epochs > 2, $"{result.Epochs} epochs");
        Assert.Contains(result.Messages, message => message.Contains("starting again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_slow_task_does_not_hold_the_others()
    {
        using var alone = new TasksFolder();
        await alone.DoneAsync(1);
        var definition = _folder.Folder.Define(TasksFolder.Yaml(2));
        var waiting = new WaitsForOthers(definition.Sources[0].Source, $"{TasksFolder.HugeFile:D2}.csv", TasksFolder.Files);
        await TasksFolder.DoneAsync(definition with { Sources = [definition.Sources[0] with { Source = waiting }] }).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(alone.Rows(), _folder.Rows());
    }

    [Fact]
    public async Task Another_process_with_another_number_of_tasks_goes_on_from_several_open_splits()
    {
        using var alone = new TasksFolder();
        await alone.DoneAsync(1);
        foreach (var tasks in new[] { 3, 2, 5, 1 })
        {
            using var stop = new CancellationTokenSource();
            var definition = _folder.Folder.Define(TasksFolder.Yaml(1));
            definition = definition with { Sources = [.. definition.Sources.Select(node => node with { Source = new StopsAfterOpening(node.Source, 3, stop) })] };
            await RunFolder.RunAsync(definition, SmallEpochs with { Parallelism = tasks }, stop.Token);
            await TasksFolder.AuditAsync(definition);
            _folder.Folder.ForgetState();
        }

        await TasksFolder.DoneAsync(_folder.Folder.Define(TasksFolder.Yaml(1)), SmallEpochs with { Parallelism = 4 });
        Assert.Equal(alone.Rows(), _folder.Rows());
        Assert.Contains(_folder.Manifests(), manifest => manifest.Open.Count > 1);
    }

    [Fact]
    public async Task A_task_that_fails_takes_all_back_to_the_last_epoch_and_the_pipeline_recovers()
    {
        using var alone = new TasksFolder();
        await alone.DoneAsync(1);
        var definition = _folder.Folder.Define(TasksFolder.Yaml(3));
        var failing = new FailsOnce(definition.Sources[0].Source, "07.csv");
        var result = await TasksFolder.DoneAsync(definition with { Sources = [definition.Sources[0] with { Source = failing }] }, SmallEpochs);
        Assert.True(failing.HasFailed);
        Assert.Contains(result.Messages, message => message.Contains("Trying again", StringComparison.Ordinal));
        Assert.Equal(alone.Rows(), _folder.Rows());
        Assert.Equal(alone.Rows().Count, result.Targets.Single().Rows);
    }

    [Theory]
    [InlineData("quarantine")]
    [InlineData("ignore")]
    [InlineData("{ structural: evolve, overrides: { type_changed: new_column, nullability_changed: quarantine } }")]
    public async Task Every_drift_policy_gives_the_same_rows_with_several_tasks(string drift)
    {
        using var alone = new TasksFolder();
        foreach (var folder in new[] { alone, _folder })
        {
            folder.Folder.Write("in/04.csv", "n,v,city,note,extra\n900001,7,Oslo,new column,1\n900002,7,Oslo,none,\n");
            folder.Folder.Write("in/05.csv", "n,v,note,city\n900003,7,other order,Rome\n");
            folder.Folder.Write("in/06.csv", "n,v,city,note\n900004,,Oslo,no value\n900005,x,Oslo,text\n");
        }

        await TasksFolder.DoneAsync(alone.Folder.Define(TasksFolder.Yaml(1, drift)));
        await TasksFolder.DoneAsync(_folder.Folder.Define(TasksFolder.Yaml(4, drift)));
        Assert.Equal(alone.Rows(), _folder.Rows());
    }

    [Fact]
    public async Task A_policy_that_stops_the_run_stops_all_tasks_and_nothing_is_committed()
    {
        _folder.Folder.Write($"in/{TasksFolder.HugeFile:D2}.csv", "n,v,city,note\n900002,7,Oslo,small\n");
        _folder.Folder.Write("in/09.csv", "n,v,city,note,extra\n900001,7,Oslo,new column,1\n");
        var result = await _folder.Folder.RunAsync(TasksFolder.Yaml(4, "fail"));
        Assert.Equal(RunOutcome.Failed, result.Outcome);
        Assert.Contains("extra", result.Error!.Message, StringComparison.Ordinal);
        Assert.Empty(result.Targets);
    }

    [Fact]
    public async Task A_dry_run_counts_what_all_tasks_read()
    {
        using var alone = new TasksFolder();
        var expected = await alone.Folder.RunAsync(TasksFolder.Yaml(1), new RunOptions { DryRun = true });
        var result = await _folder.Folder.RunAsync(TasksFolder.Yaml(3), new RunOptions { DryRun = true });
        Assert.Equal(RunOutcome.DryRun, result.Outcome);
        Assert.Equal(expected.Stages, result.Stages);
    }

    [Fact]
    public async Task A_pipeline_that_replaces_its_table_commits_the_parts_of_all_tasks_as_one()
    {
        var yaml = TasksFolder.Yaml(3).Replace("dataset: { name: t }", "dataset: { name: t, mode: overwrite }", StringComparison.Ordinal);
        using var alone = new TasksFolder();
        await alone.DoneAsync(1);
        for (var run = 0; run < 2; run++)
        {
            var result = await _folder.Folder.RunAsync(yaml, SmallEpochs);
            Assert.Equal((RunOutcome.Completed, 1), (result.Outcome, result.Epochs));
            Assert.Equal(alone.Rows(), _folder.Rows());
        }
    }

    [Fact]
    public void A_number_of_tasks_that_can_not_be_is_refused()
    {
        var error = Assert.Throws<Core.Errors.DataMeshException>(() => _folder.Folder.Define(TasksFolder.Yaml(0)));
        Assert.Contains("parallelism", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, _folder.Folder.Define(TasksFolder.Yaml(4)).Parallelism);
        Assert.Equal(1, new PipelineDefinition { Name = "", File = "", Text = "", Sources = [], Stages = [], Sinks = [] }.Parallelism);
    }
}
