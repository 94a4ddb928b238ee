using System.Text.Json;
using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Sources;
using DataMesh.Core;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Tests.Hosting;

/// <summary>What every host guarantees. A host is tested by inheriting.</summary>
public abstract class HostConformance
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Starts a host on the storage of the test: the same storage each time.</summary>
    protected abstract Task<ISiloHost> StartAsync(CounterWorker worker);

    /// <summary>Ends a host as its process ends when it is killed, as far as storage is concerned.</summary>
    protected abstract Task EndAsync(ISiloHost host);

    /// <summary>A fencing token by which the test itself may write the state of a grain that is not active.</summary>
    protected abstract Task<long> FenceAsync(ISiloHost host, GrainId id);

    private readonly CounterWorker _worker = new();

    [Fact]
    public async Task A_grain_is_activated_once_and_turns_come_one_at_a_time_however_many_call()
    {
        await using var host = await StartAsync(_worker);
        var id = CounterMachine.Id("one");
        await Task.WhenAll(Enumerable.Range(1, 200).Select(number => Task.Run(() => CallAsync(host, id, number))));
        var state = await ReadAsync(host, id);
        Assert.Equal(200 * 201 / 2, state.Sum);
        Assert.Equal(Enumerable.Range(1, 200).Select(number => (long)number), state.Heard.Order());
        Assert.Empty(_worker.Overlaps);
    }

    [Fact]
    public async Task A_call_returns_when_its_turn_is_persisted()
    {
        await using var host = await StartAsync(_worker);
        var id = CounterMachine.Id("persisted");
        for (var number = 1; number <= 5; number++)
        {
            await CallAsync(host, id, number);
            Assert.Equal(number, (await ReadAsync(host, id)).Heard[^1]);
        }
    }

    [Fact]
    public async Task What_one_grain_tells_another_arrives_in_order()
    {
        await using var host = await StartAsync(_worker);
        await CallAsync(host, CounterMachine.Id("teller"), CounterMachine.TellAll, 300);
        var told = CounterMachine.Id("told");
        await UntilAsync(async () => (await FindAsync(host, told))?.Heard.Count == 300, "300 events arrive");
        Assert.Equal(Enumerable.Range(0, 300).Select(number => (long)number), (await ReadAsync(host, told)).Heard);
    }

    [Fact]
    public async Task State_is_written_by_compare_and_set()
    {
        await using var host = await StartAsync(_worker);
        var id = CounterMachine.Id("cas");
        var fence = await FenceAsync(host, id);
        Assert.Null(await host.States.ReadAsync(id, default));
        Assert.Null(await host.States.WriteAsync(id, "\"0\"", 3, fence, false, default));
        Assert.Equal(1, await host.States.WriteAsync(id, "\"1\"", 0, fence, false, default));
        Assert.Null(await host.States.WriteAsync(id, "\"other\"", 0, fence, false, default));
        Assert.Equal(1, await host.States.WriteAsync(id, "\"1\"", 0, fence, false, default));
        Assert.Equal(2, await host.States.WriteAsync(id, "\"2ü\"", 1, fence, true, default));
        Assert.Equal(new StoredState("\"2ü\"", 2, fence, true), await host.States.ReadAsync(id, default));
    }

    [Fact]
    public async Task A_writer_with_an_older_fencing_token_is_refused()
    {
        await using var host = await StartAsync(_worker);
        var id = CounterMachine.Id("fenced");
        var fence = await FenceAsync(host, id);
        Assert.Equal(1, await host.States.WriteAsync(id, "\"1\"", 0, fence, false, default));
        Assert.Null(await host.States.WriteAsync(id, "\"2\"", 1, fence - 1, false, default));
        Assert.Equal("\"1\"", (await host.States.ReadAsync(id, default))!.Json);
    }

    [Fact]
    public async Task A_timer_ends_in_an_event()
    {
        await using var host = await StartAsync(_worker);
        var id = CounterMachine.Id("timer");
        await CallAsync(host, id, CounterMachine.Timer, 20);
        await UntilAsync(async () => (await FindAsync(host, id))?.Heard.Contains(7) == true, "the timer is heard of");
    }

    [Fact]
    public async Task Cancelled_work_is_not_heard_of_and_what_follows_is()
    {
        await using var host = await StartAsync(_worker);
        var id = CounterMachine.Id("cancelled");
        await CallAsync(host, id, CounterMachine.Block);
        await CallAsync(host, id, CounterMachine.Cancel);
        await UntilAsync(async () => (await FindAsync(host, id))?.Heard.Contains(8) == true, "the work that follows is heard of");
        Assert.DoesNotContain(9, (await ReadAsync(host, id)).Heard);
    }

    [Fact]
    public async Task A_grain_that_keeps_running_resumes_with_the_next_host_and_only_then()
    {
        var (kept, other) = (CounterMachine.Id("kept"), CounterMachine.Id("other"));
        var host = await StartAsync(_worker);
        await CallAsync(host, kept, CounterMachine.Keep);
        await CallAsync(host, other, 1);
        Assert.Equal(0, (await ReadAsync(host, kept)).Resumed);
        await EndAsync(host);

        await using var next = await StartAsync(_worker);
        await UntilAsync(async () => (await ReadAsync(next, kept)).Resumed == 1, "the grain is resumed");
        await CallAsync(next, other, 1);
        Assert.Equal((0, 2L), ((await ReadAsync(next, other)).Resumed, (await ReadAsync(next, other)).Sum));
        await CallAsync(next, kept, CounterMachine.LetGo);
        await EndAsync(next);

        await using var last = await StartAsync(_worker);
        await UntilAsync(() => ReachesAsync(last, kept), "the silo that ended is known to have ended");
        Assert.Equal(1, (await ReadAsync(last, kept)).Resumed);
    }

    [Fact]
    public async Task A_call_says_why_it_did_not_succeed()
    {
        await using var host = await StartAsync(_worker);
        Assert.Equal(CallFailure.Unknown, (await Assert.ThrowsAsync<GrainCallException>(() => host.CallAsync(new GrainId((GrainKind)99, "x"), new SplitsRead(1), Patience, default))).Failure);
        Assert.Equal(CallFailure.TimedOut, (await Assert.ThrowsAsync<GrainCallException>(() => host.CallAsync(CounterMachine.Id("late"), new SplitsRead(1), TimeSpan.Zero, default))).Failure);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.CallAsync(CounterMachine.Id("late"), new SplitsRead(1), Patience, cancelled.Token));
    }

    [Fact]
    public async Task Too_many_calls_are_refused_as_busy_and_the_others_succeed()
    {
        await using var host = await StartAsync(_worker);
        var id = CounterMachine.Id("busy");
        await CallAsync(host, id, 0);
        var calls = Enumerable.Range(0, Limits.MailboxEventsMax * 3).Select(_ => CallAsync(host, id, 1)).ToList();
        var failures = new List<CallFailure>();
        foreach (var call in calls)
        {
            try
            {
                await call;
            }
            catch (GrainCallException refused)
            {
                failures.Add(refused.Failure);
            }
        }

        Assert.All(failures, failure => Assert.Equal(CallFailure.Busy, failure));
        Assert.Equal(calls.Count - failures.Count, (await ReadAsync(host, id)).Sum);
    }

    [Fact]
    public async Task A_stream_is_read_again_from_any_place_in_order_and_is_bounded()
    {
        await using var host = await StartAsync(_worker);
        var id = CounterMachine.Id("stream");
        var sequences = new List<long>();
        for (var i = 0; i < 20; i++) sequences.Add(await host.Streams.AppendAsync(id, "log", $"{{\"n\":{i}}}", default));
        Assert.Equal(sequences.Order(), sequences);
        Assert.Equal(sequences, (await host.Streams.ReadAsync(id, 0, 100, default)).Select(entry => entry.Sequence));
        var rest = await host.Streams.ReadAsync(id, sequences[9], 5, default);
        Assert.Equal(sequences[10..15], rest.Select(entry => entry.Sequence));
        Assert.Equal(("log", "{\"n\":10}"), (rest[0].Kind, rest[0].Json));
        Assert.Empty(await host.Streams.ReadAsync(CounterMachine.Id("empty"), 0, 10, default));
        await Assert.ThrowsAsync<ArgumentException>(async () => await host.Streams.AppendAsync(id, "log", new string('x', Limits.StreamEntryBytesMax + 1), default));
        for (var i = 0; i < 2 * Limits.StreamEntriesMax; i++) await host.Streams.AppendAsync(id, "log", "{}", default);
        Assert.InRange((await host.Streams.ReadAsync(id, 0, 10 * Limits.StreamEntriesMax, default)).Count, Limits.StreamEntriesMax, Limits.StreamEntriesMax * 3 / 2);
    }

    [Fact]
    public async Task Submitted_pipelines_are_kept_with_their_versions()
    {
        var host = await StartAsync(_worker);
        var first = await host.Pipelines.SubmitAsync("p", "pipeline: p # ü\n", "/data", "{}", default);
        Assert.Equal(1, first.Version);
        Assert.Equal(first, await host.Pipelines.SubmitAsync("p", "pipeline: p # ü\n", "/data", "{}", default));
        Assert.Equal(2, (await host.Pipelines.SubmitAsync("p", "other", "/data", "{}", default)).Version);
        await host.Pipelines.SubmitAsync("a", "text", "/", "{}", default);
        await EndAsync(host);

        await using var next = await StartAsync(_worker);
        Assert.Equal(first, await next.Pipelines.FindAsync("p", 1, default));
        Assert.Equal("other", (await next.Pipelines.FindAsync("p", 0, default))!.Yaml);
        Assert.Null(await next.Pipelines.FindAsync("p", 3, default));
        Assert.Equal(["a", "p"], await next.Pipelines.ListAsync("", 10, default));
        Assert.Equal(["p"], await next.Pipelines.ListAsync("a", 10, default));
        var newest = await next.Pipelines.NewestAsync("", 10, default);
        Assert.Equal([("a", 1L, "/", ""), ("p", 2L, "/data", "")], newest.Select(each => (each.Name, each.Version, each.BaseFolder, each.Yaml)));
        Assert.Equal((await next.Pipelines.FindAsync("p", 0, default))! with { Yaml = "" }, newest[1]);
        Assert.Equal([newest[0]], await next.Pipelines.NewestAsync("", 1, default));
        Assert.Equal([newest[1]], await next.Pipelines.NewestAsync("a", 1, default));
        Assert.True(await next.Pipelines.RemoveAsync("p", default));
        Assert.False(await next.Pipelines.RemoveAsync("p", default));
        Assert.Null(await next.Pipelines.FindAsync("p", 0, default));
    }

    [Fact]
    public async Task What_is_kept_of_a_pipeline_is_forgotten_when_nothing_of_it_must_be_running()
    {
        await using var host = await StartAsync(_worker);
        var (id, other) = (CounterMachine.Id("gone"), CounterMachine.Id("gone2"));
        await CallAsync(host, id, CounterMachine.Keep);
        await CallAsync(host, id, 5);
        await CallAsync(host, other, 7);
        await host.Streams.AppendAsync(id, "log", "{}", default);
        Assert.False(await host.ForgetAsync("gone", default));
        Assert.Equal(5, (await ReadAsync(host, id)).Sum);
        await CallAsync(host, id, CounterMachine.LetGo);
        Assert.True(await host.ForgetAsync("gone", default));
        Assert.Null(await host.States.ReadAsync(id, default));
        Assert.Empty(await host.Streams.ReadAsync(id, 0, 10, default));
        Assert.DoesNotContain(await host.LeasesAsync(default), lease => lease.Group == "gone");
        await UntilAsync(() => ReachesAsync(host, id), "the grain begins anew");
        Assert.Equal((1, 7), ((await ReadAsync(host, id)).Sum, (await ReadAsync(host, other)).Sum));
        Assert.True(await host.ForgetAsync("never was", default));
    }

    protected static Task CallAsync(ISiloHost host, GrainId id, long count, long detail = -1) => host.CallAsync(id, new SplitsRead(count, detail), Patience, default);

    /// <summary>Calls a grain whose silo may have gone away a moment ago.</summary>
    protected static async Task<bool> ReachesAsync(ISiloHost host, GrainId id)
    {
        try
        {
            await CallAsync(host, id, 1);
            return true;
        }
        catch (GrainCallException error) when (error.Failure == CallFailure.Unreachable)
        {
            return false;
        }
    }

    protected static async Task<CounterState> ReadAsync(ISiloHost host, GrainId id) => await FindAsync(host, id) ?? new CounterMachine().Initial;

    protected static async Task<CounterState?> FindAsync(ISiloHost host, GrainId id) =>
        await host.States.ReadAsync(id, default) is { } stored ? JsonSerializer.Deserialize(stored.Json, CounterJson.Default.CounterState) : null;

    /// <summary>Waits for something that becomes true by itself.</summary>
    protected static async Task UntilAsync(Func<Task<bool>> happened, string what)
    {
        using var late = new CancellationTokenSource(Patience);
        while (!await happened())
        {
            Assert.False(late.IsCancellationRequested, $"Waited {Patience.TotalSeconds} s in vain until {what}.");
            await Task.Delay(5);
        }
    }
}
