using DataMesh.Cli.Tests.Crash;
using DataMesh.Client.Contract;
using DataMesh.Hosting.Redis.Tests;

namespace DataMesh.Cli.Tests.Silos;

/// <summary>Real silos as a cluster on a real Redis: every one answers for all, and what one runs goes on when it dies or leaves.</summary>
public class ClusterTests : IDisposable
{
    private const long Rows = CrashFolder.Files * 4_000 + CrashFolder.Files;
    private readonly RedisServer _redis = new();
    private readonly CrashFolder _folder = new(Undisturbed.SmallEpochs);
    private readonly List<SiloProcess> _silos = [];
    private Gate? _gate;

    /// <summary>What the silos are members by.</summary>
    protected virtual string Host => "redis";

    [Fact]
    public void Every_silo_answers_for_the_whole_cluster()
    {
        Start(3);
        _silos[0].Do("submit", "p.yaml");
        var done = _silos[1].AwaitPhase("orders", "done");
        Assert.Equal(Rows, done.Counts.RowsRead);
        Undisturbed.AssertSame(_folder);
        Assert.Contains("done: everything that was there is committed", _silos[2].Do("logs", "orders").Output, StringComparison.Ordinal);
        foreach (var silo in _silos)
        {
            var cluster = silo.Do("cluster", "--leases", "--json").Json;
            Assert.Equal(["active", "active", "active"], cluster.GetProperty("silos").EnumerateArray().Select(each => each.GetProperty("state").GetString()));
            Assert.Contains("orders", cluster.GetProperty("leases").EnumerateArray().Select(each => each.GetProperty("group").GetString()));
            Assert.Single(silo.Do("list", "--json").Json.GetProperty("pipelines").EnumerateArray());
        }
    }

    [Fact]
    public async Task A_pipeline_whose_silo_is_killed_goes_on_elsewhere_as_if_nothing_had_happened()
    {
        var victim = RunnerOf("orders", 3);
        victim.Kill();
        _gate!.Open();
        var other = _silos.First(silo => silo != victim);
        var committed = await other.Client.StatusAsync("orders");
        Assert.True(committed.Counts is { RowsRead: > 0, Stages.Count: > 0 }, committed.ToString());
        var goesOn = other.Await("orders", status => Committed(status) && (status.Phase == "waiting" || other.Do("logs", "orders").Output.Contains("it goes on from the last committed epoch", StringComparison.Ordinal)));
        Assert.True(goesOn.BacklogBytes <= committed.BacklogBytes, $"{committed}\n{goesOn}");
        var end = other.Await("orders", status => Committed(status) && status.Phase == "waiting");
        Undisturbed.AssertSame(_folder);
        Assert.Equal((Rows, 0L, 0L), (end.Counts.RowsRead, end.BacklogBytes, end.BacklogSplits));
        Assert.Equal(Rows, end.Counts.Stages[0].In);

        bool Committed(PipelineStatus status)
        {
            Assert.True(status.Counts.RowsRead >= 4_000, $"counts began again: {status}");
            return true;
        }
    }

    [Fact]
    public void A_silo_that_leaves_hands_its_pipelines_over_and_new_ones_take_their_share()
    {
        var leaver = RunnerOf("orders", 2);
        Assert.Equal(0, leaver.Terminate(_gate));
        Start(1);
        var end = _silos[^1].AwaitPhase("orders", "waiting");
        Undisturbed.AssertSame(_folder);
        Assert.Equal(Rows, end.Counts.RowsRead);
        var leases = _silos[^1].Do("cluster", "--leases", "--json").Json.GetProperty("leases").EnumerateArray().ToLookup(each => each.GetProperty("group").GetString()!.Split(':')[0], each => each.GetProperty("silo").GetString());
        Assert.All(leases["dataset"], silo => Assert.Equal(leases["orders"].Single(), silo));
    }

    [Fact]
    public async Task Wishes_are_brought_to_the_silo_that_has_the_pipeline()
    {
        var runner = RunnerOf("orders", 2);
        var other = _silos.First(silo => silo != runner);
        await other.Client.AskAsync("orders", "pause");
        _gate!.Open();
        other.AwaitPhase("orders", "paused");
        runner.Kill();
        await other.Client.AskAsync("orders", "resume");
        other.AwaitPhase("orders", "waiting");
        Undisturbed.AssertSame(_folder);
    }

    [Fact]
    public void A_pipeline_is_removed_by_any_silo_and_may_come_again()
    {
        Start(2);
        _silos[0].Do("submit", "p.yaml");
        _silos[0].AwaitPhase("orders", "done");
        foreach (var silo in _silos)
        {
            Assert.Contains("orders is removed", silo.Do("remove", "orders").Output, StringComparison.Ordinal);
            Assert.DoesNotContain("orders", silo.Do("cluster", "--leases", "--json").Json.GetProperty("leases").EnumerateArray().Select(each => each.GetProperty("group").GetString()));
            silo.Do("submit", "p.yaml");
            Assert.Equal(1, silo.AwaitPhase("orders", "nothing_new").Version);
        }

        Undisturbed.AssertSame(_folder);
    }

    [Fact]
    public void Without_its_redis_a_silo_does_not_start()
    {
        var refused = DatameshProcess.Run(_folder.Root, "silo", "--listen", "127.0.0.1:0", "--redis", "127.0.0.1:1", "--host", Host);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("127.0.0.1:1", refused.Error, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        foreach (var silo in _silos) silo.Dispose();
        _redis.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Start(int count)
    {
        for (var i = 0; i < count; i++) _silos.Add(SiloProcess.Start(_folder.Root, _gate?.Environment, "--redis", _redis.Address, "--host", Host));
    }

    /// <summary>Runs the pipeline, which does not end, in new silos until it waits in the middle of its work: the silo that has it.</summary>
    private SiloProcess RunnerOf(string pipeline, int silos)
    {
        File.AppendAllText(Path.Combine(_folder.Root, "p.yaml"), "\ntrigger: continuous\n");
        _gate = new Gate(_folder.Root, "complete.end:3");
        Start(silos);
        _silos[0].Do("submit", "p.yaml");
        var status = _silos[0].Await(pipeline, each => each.EpochsCommitted >= 2 && each.Tasks.Count > 0);
        return _silos.First(silo => silo.Id == status.Tasks[0].Silo);
    }
}
