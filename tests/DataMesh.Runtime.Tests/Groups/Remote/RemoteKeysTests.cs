using DataMesh.ControlPlane.Pipelines;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Runtime.Tests.Groups.Remote;

/// <summary>Tasks in two silos that give each other the rows of their keys: what comes out is what one task makes.</summary>
public sealed class RemoteKeysTests : IAsyncLifetime
{
    private const string Distinct = "\n  - deduplicate: [twice, city]";
    private const string Totals = "\n  - aggregate: { group_by: ['n % 1000 as lot', v], aggregates: { rows: count(*), total: sum(v), begin: first(note), end: last(note), middle: median(n) } }";

    private readonly TasksFolder _folder = new();
    private TwoSilos _silos = null!;

    public Task InitializeAsync()
    {
        _silos = new TwoSilos(_folder.Folder.Root);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _silos.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(Distinct, "evolve")]
    [InlineData(Totals, "evolve")]
    [InlineData(Totals, "quarantine")]
    public async Task The_rows_are_the_same_with_tasks_in_two_silos(string keyed, string drift)
    {
        var rows = await AloneAsync(keyed, drift);
        await RunAsync(keyed, drift);
        Assert.Equal(rows, _folder.Rows());
        Assert.True(_silos.Parcels > 4, $"{_silos.Parcels} parcels");
    }

    [Theory]
    [InlineData(Distinct)]
    [InlineData(Totals)]
    public async Task A_silo_that_is_cut_off_while_it_is_sent_rows_takes_all_back_to_the_last_epoch(string keyed)
    {
        var rows = await AloneAsync(keyed, "evolve");
        var sent = 0;
        _silos.SendingRows = silo =>
        {
            if (Interlocked.Increment(ref sent) == 4) throw new GrainCallException(CallFailure.Unreachable, "The connection was reset.");
        };
        var state = await RunAsync(keyed, "evolve");
        Assert.True(sent > 4);
        Assert.True(state.Attempt > 1);
        Assert.Equal(rows, _folder.Rows());
    }

    private static async Task<IReadOnlyList<string>> AloneAsync(string keyed, string drift)
    {
        using var alone = new TasksFolder();
        await TasksFolder.DoneAsync(alone.Folder.Define(TasksFolder.Yaml(1, drift, keyed)));
        return alone.Rows();
    }

    private async Task<PipelineState> RunAsync(string keyed, string drift)
    {
        var yaml = TasksFolder.Yaml(3, drift, keyed) + "\nepoch: { bytes: 500kB }\n";
        var state = await _silos.RunAsync(_folder.Folder.Root, yaml);
        await TasksFolder.AuditAsync(_folder.Folder.Define(yaml));
        return state;
    }
}
