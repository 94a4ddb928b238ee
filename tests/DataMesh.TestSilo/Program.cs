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

namespace DataMesh.TestSilo;

/// <summary>
/// A silo of counters in a process of its own, for tests that kill it: <c>DataMesh.TestSilo REDIS</c>. Tells on standard output that it is ready and which
/// grains it resumes; takes <c>call KEY COUNT [DETAIL]</c> and <c>fill NUMBER</c> on standard input; leaves on SIGTERM.
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
            new ApiOptions(new IPEndPoint(IPAddress.Loopback, 0), "secret") { Peers = new IPEndPoint(IPAddress.Loopback, 0) }, Log, new PeerEndpoints(entrance, Log).Map);
        await using var silo = await RedisSilo.ConnectAsync(
            new RedisOptions(args[0]) { Address = server.PeerAddress!, Secret = "secret", SettleTime = TimeSpan.FromMinutes(1) }, new CounterActivator(worker), TimeProvider.System, Log, default);
        entrance.Silo = silo;
        await silo.StartAsync(default);
        Console.WriteLine($"ready {silo.SiloId}");
        _ = Task.Run(() => CommandsAsync(silo));
        _ = Task.Run(() => TellSessionsAsync(silo));
        await stopped.Task;
        await silo.LeaveAsync(default);
        Console.WriteLine($"left {DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}");
    }

    /// <summary>A silo whose session is over goes on with another one.</summary>
    private static async Task TellSessionsAsync(RedisSilo silo)
    {
        for (var known = silo.SiloId; ; await Task.Delay(50))
        {
            if (silo.SiloId == known || !silo.IsMember) continue;
            known = silo.SiloId;
            Console.WriteLine($"session {known}");
        }
    }

    private static async Task CommandsAsync(RedisSilo silo)
    {
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ');
            try
            {
                if (words[0] == "fill") await FillAsync(silo, Number(words[1]));
                else await silo.CallAsync(CounterMachine.Id(words[1]), new SplitsRead(Number(words[2]), words.Length > 3 ? Number(words[3]) : -1), Patience, default);
                Console.WriteLine($"done {line}");
            }
            catch (GrainCallException error)
            {
                Console.WriteLine($"failed {line}: {error.Failure}");
            }
        }
    }

    /// <summary>Creates grains and says what each costs.</summary>
    private static async Task FillAsync(RedisSilo silo, long count)
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
        public RedisSilo? Silo { get; set; }

        public Task<Delivery> ReceiveAsync(GrainMessage message, CancellationToken cancellation) => Silo?.ReceiveAsync(message, cancellation) ?? Task.FromResult(Delivery.Elsewhere);
    }
}
