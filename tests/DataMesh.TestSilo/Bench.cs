using System.Diagnostics;
using System.Globalization;
using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Sources;
using DataMesh.ControlPlane.Tasks;
using DataMesh.Runtime.Hosting;
using DataMesh.Tests.Hosting;

namespace DataMesh.TestSilo;

/// <summary>
/// How many calls, activations and state writes a silo manages, and what rows pass from silo to silo. A line each: <c>bench WHAT PER_SECOND P50_US P99_US
/// MB_PER_SECOND FAILED</c>.
/// </summary>
internal static class Bench
{
    private const int Grains = 32;
    private const int PayloadBytes = 1_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>An event that no counter minds: nothing is written for it.</summary>
    private static readonly GrainEvent Nothing = new StopPart("", 0);

    /// <summary>Measures everything, each for about so many seconds.</summary>
    public static async Task RunAsync(ISiloHost silo, double seconds)
    {
        var ids = Enumerable.Range(0, 4 * Grains).Select(number => CounterMachine.Id($"bench{number}")).ToList();
        await Task.WhenAll(ids.Select(id => InTheEndAsync(id, CounterMachine.Keep)));
        var leases = (await silo.LeasesAsync(default)).ToDictionary(lease => lease.Group, lease => lease.Silo);
        var local = ids.Where(id => leases[GrainGroup.Of(id)] == silo.SiloId).Take(Grains).ToList();
        var remote = ids.Where(id => leases[GrainGroup.Of(id)] != silo.SiloId).Take(Grains).ToList();
        foreach (var (place, grains) in new[] { ("local", local), ("remote", remote) })
        {
            foreach (var inFlight in new[] { 1, 64, 1000 }) await MeasureAsync($"{place}_calls,_{inFlight}_in_flight", seconds, inFlight, number => CallAsync(grains, number, Nothing));
        }

        var payload = new StopPart(new string('x', PayloadBytes), 0);
        await MeasureAsync("remote_calls_with_1_MB,_8_in_flight", seconds, 8, number => CallAsync(remote, number, payload), PayloadBytes);
        var write = new SplitsRead(CounterMachine.Add, 1);
        await MeasureAsync("state_writes,_64_in_flight", seconds, 64, number => CallAsync(local, number, write));
        await MeasureAsync("state_writes,_1000_in_flight", seconds, 1000, number => CallAsync(local, number, write));
        await MeasureAsync("activations,_64_in_flight", seconds, 64, number => silo.CallAsync(CounterMachine.Id($"new{number}"), Nothing, Patience, default));
        foreach (var senders in new[] { 1, 4 })
        {
            await using var exchange = await ExchangeBench.ToAsync(silo, remote[0], senders);
            await MeasureAsync($"exchange,_{senders}_at_once", seconds, senders, exchange.SendAsync, exchange.BatchBytes);
        }

        await Task.WhenAll(ids.Select(id => InTheEndAsync(id, CounterMachine.LetGo)));

        async Task InTheEndAsync(GrainId id, long command)
        {
            while (!await TryAsync(silo.CallAsync(id, new SplitsRead(command), Patience, default))) await Task.Delay(20);
        }

        Task CallAsync(List<GrainId> grains, long number, GrainEvent happened) => silo.CallAsync(grains[(int)(number % grains.Count)], happened, Patience, default);
    }

    private static async Task MeasureAsync(string what, double seconds, int inFlight, Func<long, Task> call, long bytesEach = 0)
    {
        var (next, failed, latencies, watch) = ((long)inFlight, 0, new List<double>[inFlight], Stopwatch.StartNew());
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(worker => Task.Run(async () =>
        {
            var mine = latencies[worker] = [];
            while (watch.Elapsed.TotalSeconds < seconds)
            {
                var began = Stopwatch.GetTimestamp();
                if (await TryAsync(call(Interlocked.Increment(ref next))))
                {
                    mine.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds);
                    continue;
                }

                Interlocked.Increment(ref failed);
                await Task.Delay(20);
            }
        })));
        var all = latencies.SelectMany(each => each).Order().DefaultIfEmpty(0).ToList();
        var rate = all.Count / watch.Elapsed.TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"bench {what} {rate:0} {all[all.Count / 2]:0} {all[all.Count * 99 / 100]:0} {rate * bytesEach / 1e6:0} {failed}"));
    }

    /// <summary>Whether a call succeeds. On a machine with much else to do a silo may lose its session: that is told, and not counted.</summary>
    private static async Task<bool> TryAsync(Task call)
    {
        try
        {
            await call;
            return true;
        }
        catch (GrainCallException)
        {
            return false;
        }
    }
}
