using System.Diagnostics;
using System.Globalization;
using DataMesh.Cli.Tests.Crash;
using DataMesh.Cli.Tests.Silos;
using DataMesh.Client;
using DataMesh.Client.Contract;
using DataMesh.Hosting.Redis.Tests;
using Xunit.Abstractions;

namespace DataMesh.Chaos.Tests;

/// <summary>
/// Real silos on a real Redis, with a pipeline that has everything at once. Every scenario does the same: it brings the pipeline to work, disturbs, and
/// checks that in the end the tables equal those of an undisturbed run, that the ledger closes, and that nobody hangs.
/// <c>DATAMESH_CHAOS_ROUNDS=50</c> disturbs so often instead of once or twice; <c>DATAMESH_CHAOS_HOST=orleans</c> does it to silos on Orleans.
/// </summary>
internal sealed class ChaosCluster : IDisposable
{
    /// <summary>Time in which everything has to come to its end, also on a machine that has much else to do.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly List<SiloProcess> _silos = [];

    public ChaosCluster(string? pipeline = null)
    {
        Folder = new CrashFolder((pipeline ?? Undisturbed.SmallEpochs) + "\ntrigger: continuous\n");
    }

    public RedisServer Redis { get; } = new();

    /// <summary>The input, the pipeline and its tables.</summary>
    public CrashFolder Folder { get; private set; }

    /// <summary>The silos that have not been ended.</summary>
    public IReadOnlyList<SiloProcess> Silos => _silos;

    /// <summary>How often to disturb.</summary>
    public static int Rounds(int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable("DATAMESH_CHAOS_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) ? rounds : otherwise;

    /// <summary>What the silos run on: <c>redis</c> or <c>orleans</c>.</summary>
    public static string Host { get; } = Environment.GetEnvironmentVariable("DATAMESH_CHAOS_HOST") is { Length: > 0 } host ? host : "redis";

    /// <summary>Whether they run on Orleans.</summary>
    public static bool IsOnOrleans => Host == "orleans";

    /// <summary>Whether a scenario is not for Orleans; says why.</summary>
    public static bool IsLeftOut(ITestOutputHelper output, string whyOnOrleans)
    {
        if (IsOnOrleans) output.WriteLine($"Not on Orleans: {whyOnOrleans}");
        return IsOnOrleans;
    }

    /// <summary>Starts a silo.</summary>
    public SiloProcess Start(string? redis = null, IReadOnlyList<(string Name, string Value)>? environment = null, params string[] options)
    {
        var silo = SiloProcess.Start(Folder.Root, environment, ["--host", Host, "--redis", redis ?? Redis.Address, .. options]);
        _silos.Add(silo);
        return silo;
    }

    /// <summary>Ends a silo for good.</summary>
    public void End(SiloProcess silo)
    {
        _silos.Remove(silo);
        silo.Dispose();
    }

    /// <summary>Submits the pipeline, and waits until it is in the middle of its work; the silo that does it.</summary>
    public SiloProcess Begin()
    {
        Any.Do("submit", Path.Combine(Folder.Root, "p.yaml"));
        return Runner(status => status.EpochsCommitted >= 2);
    }

    /// <summary>The silo that has the pipeline now, once its status is as it should be.</summary>
    public SiloProcess Runner(Func<PipelineStatus, bool> isThere)
    {
        SiloProcess? runner = null;
        Await(status => isThere(status) && (runner = _silos.Find(silo => status.Tasks.Any(task => task.Silo == silo.Client.SiloAsync().Result.Id))) is not null);
        return runner!;
    }

    /// <summary>Waits until the pipeline's status is as it should be, whoever answers.</summary>
    public PipelineStatus Await(Func<PipelineStatus, bool> isThere, SiloProcess? asked = null)
    {
        var watch = Stopwatch.StartNew();
        var last = "nobody answered";
        while (true)
        {
            try
            {
                var status = (asked ?? Any).Client.StatusAsync("orders").Result;
                if (isThere(status)) return status;
                last = status.ToString();
            }
            catch (AggregateException error) when (error.InnerException is SiloException refused)
            {
                last = refused.Problem.ToString();
            }

            Assert.True(watch.Elapsed < Patience, $"the pipeline stays as it is: {last}");
            Thread.Sleep(10);
        }
    }

    /// <summary>Waits until the pipeline has read everything, and checks what it made.</summary>
    public PipelineStatus Validate()
    {
        Await(status => status is { Phase: "waiting", IsStopping: false, BacklogSplits: 0 });
        Undisturbed.AssertSame(Folder);
        var end = Await(status => status.Counts.RowsRead == CrashFolder.Files * 4_000 + CrashFolder.Files);
        Assert.Null(end.Error);
        return end;
    }

    /// <summary>Forgets the pipeline and its tables, for another round with the same silos.</summary>
    public void BeginAnew()
    {
        Any.Do("remove", "orders", "--stop");
        Directory.Delete(Path.Combine(Folder.Root, "lake"), recursive: true);
    }

    /// <summary>A silo as it says itself.</summary>
    public static SiloStatus Look(SiloProcess silo) => silo.Client.SiloAsync().Result;

    /// <summary>What a silo says about the others.</summary>
    public static ClusterStatus LookAround(SiloProcess silo) => silo.Client.ClusterAsync().Result;

    /// <summary>Asks a silo for something.</summary>
    public static PipelineStatus Ask(SiloProcess silo, string verb) => silo.Client.AskAsync("orders", verb).Result;

    public void Dispose()
    {
        foreach (var silo in _silos) silo.Dispose();
        Redis.Dispose();
        Folder.Dispose();
    }

    /// <summary>The silo that was started last: scenarios harm the others.</summary>
    private SiloProcess Any => _silos[^1];
}
