using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using DataMesh.Api;
using DataMesh.ControlPlane.Sources;
using DataMesh.Hosting.Redis;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Hosting.Peers;
using DataMesh.Tests.Hosting;
#if ORLEANS_ENGINE
using DataMesh.Hosting.Orleans.Silos;
#endif

namespace DataMesh.TestSilo;

/// <summary>
/// A silo of counters in a process of its own, for tests that kill it: <c>DataMesh.TestSilo REDIS [redis | orleans | orleans-default]</c>. Tells on standard output that it is ready and which
/// grains it resumes; takes <c>call KEY COUNT [DETAIL]</c>, <c>calls NUMBER</c>, <c>fill NUMBER</c>, <c>bench SECONDS</c> and <c>groups</c> on standard input; leaves
/// on SIGTERM.
/// </summary>
internal static class Program
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task Main(string[] args)
    {
        var stopped = new TaskCompletionSource();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stopped.TrySetResult();
        });
        var worker = new CounterWorker { Resumed = id => Console.WriteLine($"resumed {id.Key} {DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}") };
        var entrance = new Entrance();
        await using var server = await ApiServer.StartAsync(
            new ApiOptions(new IPEndPoint(IPAddress.Loopback, 0), "secret") { Peers = new IPEndPoint(IPAddress.Loopback, 0) }, Log,
            new PeerEndpoints(entrance, Log).Map, new ExchangeEndpoints(ExchangeBench.AcceptAsync, Log).Map);
        await using var silo = await SiloAsync(args, server.PeerAddress!, new CounterActivator(worker));
        entrance.Silo = silo as IPeerReceiver;
        await silo.StartAsync(default);
        Console.WriteLine($"ready {silo.SiloId}");
        _ = Task.Run(() => CommandsAsync(silo));
        _ = Task.Run(() => TellSessionsAsync(silo));
        await stopped.Task;
        await silo.LeaveAsync(default);
        Console.WriteLine($"left {DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}");
    }

    private static async Task<ISiloHost> SiloAsync(string[] args, Uri address, GrainActivator activator)
    {
        var settle = TimeSpan.FromMinutes(1);
        var host = args.Length > 1 ? args[1] : "redis";
        if (host == "redis") return await RedisSilo.ConnectAsync(new RedisOptions(args[0]) { Address = address, Secret = "secret", SettleTime = settle }, activator, TimeProvider.System, Log, default);
#if ORLEANS_ENGINE
        var detection = host == "orleans-default" ? FailureDetection.Default : FailureDetection.Tuned;
        return OrleansSilo.Create(new OrleansOptions(args[0]) { Address = address, Secret = "secret", SettleTime = settle, Detection = detection }, activator, TimeProvider.System, Log);
#else
        throw new NotSupportedException("The Orleans host is not compiled in.");
#endif
    }

    /// <summary>A silo whose session is over goes on with another one.</summary>
    private static async Task TellSessionsAsync(ISiloHost silo)
    {
        for (var known = silo.SiloId; ; await Task.Delay(50))
        {
            if (silo.SiloId == known || !silo.IsMember) continue;
            known = silo.SiloId;
            Console.WriteLine($"session {known}");
        }
    }

    private static async Task CommandsAsync(ISiloHost silo)
    {
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ');
            try
            {
                if (words[0] == "fill") await FillAsync(silo, Number(words[1]));
                else if (words[0] == "bench") await Bench.RunAsync(silo, Number(words[1]));
                else if (words[0] == "calls") await CallsAsync(silo, Number(words[1]));
                else if (words[0] == "groups")
                    Console.WriteLine($"groups {string.Join(',', (await silo.LeasesAsync(default)).Where(lease => lease.Silo == silo.SiloId && lease.KeepsRunning).Select(lease => lease.Group))}");
                else await silo.CallAsync(CounterMachine.Id(words[1]), new SplitsRead(Number(words[2]), words.Length > 3 ? Number(words[3]) : -1), Patience, default);
                Console.WriteLine($"done {line}");
            }
            catch (GrainCallException error)
            {
                Console.WriteLine($"failed {line}: {error.Failure}");
            }
        }
    }

    /// <summary>Calls grains that are active, on whatever silo, and says how fast that is.</summary>
    private static async Task CallsAsync(ISiloHost silo, long count)
    {
        var watch = Stopwatch.StartNew();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (number, _) =>
            await silo.CallAsync(CounterMachine.Id($"called{number % 60}"), new SplitsRead(0), Patience, default));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"filled {count} calls, {count / watch.Elapsed.TotalSeconds:0}/s"));
    }

    /// <summary>Creates grains and says what each costs.</summary>
    private static async Task FillAsync(ISiloHost silo, long count)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (number, _) =>
            await silo.CallAsync(CounterMachine.Id($"idle{number}"), new SplitsRead(1), Patience, default));
        var seconds = watch.Elapsed.TotalSeconds;
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"filled {count} grains, {count / seconds:0}/s, {bytes / count} bytes each while active"));
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static void Log(string line) => Console.Error.WriteLine($"{DateTimeOffset.UtcNow:HH:mm:ss.fff} {line}");

    /// <summary>The server has to listen before the silo joins.</summary>
    private sealed class Entrance : IPeerReceiver
    {
        public IPeerReceiver? Silo { get; set; }

        public Task<Delivery> ReceiveAsync(GrainMessage message, CancellationToken cancellation) => Silo?.ReceiveAsync(message, cancellation) ?? Task.FromResult(Delivery.Elsewhere);
    }
}
