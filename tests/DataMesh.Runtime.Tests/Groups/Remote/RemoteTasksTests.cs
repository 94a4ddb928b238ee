using System.Collections.Concurrent;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.Runtime.Groups;
using DataMesh.Runtime.Groups.Remote;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Tests.Groups.Remote;

/// <summary>Tasks in two silos: what comes out is what one task makes, whatever happens between them.</summary>
public sealed class RemoteTasksTests : IAsyncLifetime
{
    private static readonly ConcurrentDictionary<string, Task<(RunResult Result, IReadOnlyList<string> Rows)>> Alone = new();

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
    [InlineData("evolve")]
    [InlineData("quarantine")]
    public async Task The_rows_are_the_same_with_tasks_in_two_silos(string drift)
    {
        var (expected, rows) = await AloneAsync(drift);
        var state = await RunAsync(3, drift);
        Assert.Equal(rows, _folder.Rows());
        Assert.Equal(expected.Stages.Take(1).Sum(line => line.In), state.LastRun!.RowsRead);
        Assert.Equal(expected.Quarantine.Values.Sum(), state.LastRun.Quarantined);
        // What was replaced, because a value asked for a wider type after an epoch was committed, was read twice.
        Assert.InRange(state.LastRun.BytesRead, InputBytes - TasksFolder.Files * 50, 2 * InputBytes);
        Assert.Contains(_silos.Calls, call => call.Report is { IsStaged: true });
    }

    [Theory]
    [InlineData("begin")]
    [InlineData("next")]
    [InlineData("ask")]
    [InlineData("report")]
    [InlineData("verdict")]
    public async Task A_silo_that_is_cut_off_in_the_middle_takes_all_back_to_the_last_epoch(string when)
    {
        var (_, rows) = await AloneAsync();
        // None reads in the coordinator's silo, where it could be done with everything before another one asks.
        _silos.IsInSecond = _ => true;
        var cut = 0;
        _silos.Sending = call =>
        {
            if (WordOf(call) == when && Interlocked.Increment(ref cut) == 2) throw Cut();
        };
        _silos.OnTheWay = (call, answer) => when == "verdict" && call.Report is not null && answer.Verdict == PartVerdict.Kept && Interlocked.Increment(ref cut) == 2 ? throw Cut() : answer;
        var state = await RunAsync(3);
        Assert.True(cut >= 2);
        Assert.Equal(rows, _folder.Rows());
        // A verdict that was not heard of may be that of an epoch that nobody has anything left of.
        if (when != "verdict") Assert.Equal(when == "begin" ? 0 : 1, Math.Min(1, state.Attempt - 1));
    }

    [Fact]
    public async Task An_instance_that_was_started_anew_is_given_nothing_that_was_lost()
    {
        var (_, rows) = await AloneAsync();
        var lost = 0;
        _silos.Sending = call =>
        {
            // The coordinator hears of an instance that holds nothing any more.
            if (call.Begin is { Held: not null } && Interlocked.Increment(ref lost) == 1) throw new GrainCallException(CallFailure.Unknown, "lost");
        };
        await RunAsync(3);
        Assert.True(lost >= 1);
        Assert.Equal(rows, _folder.Rows());
    }

    [Fact]
    public async Task A_silo_that_does_not_see_the_files_says_so()
    {
        _silos.OnTheWay = (_, answer) => answer.Probe is { } probe ? answer with { Probe = probe with { File = "/nowhere/probe" } } : answer;
        var failed = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(2));
        Assert.Contains("The silo second does not see the files of the silo first", failed.Message, StringComparison.Ordinal);
        Assert.Contains("parallelism: 1", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_drift_that_stops_the_run_is_told_by_the_task_that_met_it()
    {
        var failed = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(2, "fail"));
        Assert.Contains("2.5", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_is_to_live_elsewhere_comes_to_a_barrier_first()
    {
        var (_, rows) = await AloneAsync();
        Task? drained = null;
        _silos.Sending = call =>
        {
            if (call.Next is null || drained is not null) return;
            drained = _silos.Second.DrainAsync("instance:p/task/1", default);
            drained.ContinueWith(_ => _silos.TakeUp(1), TaskScheduler.Default);
        };
        await RunAsync(3);
        Assert.True(drained is { IsCompletedSuccessfully: true });
        Assert.Equal(rows, _folder.Rows());
    }

    [Fact]
    public async Task A_task_that_comes_to_no_barrier_in_time_goes_on()
    {
        var (_, rows) = await AloneAsync();
        Task? drained = null;
        _silos.Sending = call =>
        {
            if (call.Next is not null) drained ??= _silos.Second.DrainAsync("instance:p/task/1", new CancellationToken(canceled: true));
        };
        var state = await RunAsync(3);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => drained!);
        Assert.Equal(1, state.Attempt);
        Assert.Equal(rows, _folder.Rows());
    }

    private long InputBytes => Directory.EnumerateFiles(Path.Combine(_folder.Folder.Root, "in")).Sum(path => new FileInfo(path).Length);

    private static string WordOf(GroupCall call) => call switch
    {
        { Begin: not null } => "begin",
        { Next: not null } => "next",
        { Ask: not null } => "ask",
        { Report: not null } => "report",
        _ => "meet",
    };

    private static GrainCallException Cut() => new(CallFailure.Unreachable, "The connection was reset.");

    private static Task<(RunResult Result, IReadOnlyList<string> Rows)> AloneAsync(string drift = "evolve") => Alone.GetOrAdd(drift, static drift => MakeAloneAsync(drift));

    private static async Task<(RunResult Result, IReadOnlyList<string> Rows)> MakeAloneAsync(string drift)
    {
        using var alone = new TasksFolder();
        var result = await TasksFolder.DoneAsync(alone.Folder.Define(Yaml(1, drift)));
        return (result, alone.Rows());
    }

    private static string Yaml(int tasks, string drift = "evolve") => TasksFolder.Yaml(tasks, drift) + "\nepoch: { bytes: 500kB }\n";

    private async Task<PipelineState> RunAsync(int tasks, string drift = "evolve")
    {
        var state = await _silos.RunAsync(_folder.Folder.Root, Yaml(tasks, drift));
        await TasksFolder.AuditAsync(_folder.Folder.Define(Yaml(tasks, drift)));
        return state;
    }
}
