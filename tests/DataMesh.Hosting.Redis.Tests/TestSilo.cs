using System.Collections.Concurrent;
using System.Net;
using DataMesh.Api;
using DataMesh.Runtime.Hosting.Peers;
using DataMesh.Tests.Hosting;

namespace DataMesh.Hosting.Redis.Tests;

/// <summary>A silo in the test's process, with the server that others reach it by.</summary>
internal sealed class TestSilo : IAsyncDisposable, IPeerReceiver
{
    private ApiServer _server = null!;

    public RedisSilo Host { get; private set; } = null!;

    public CounterWorker Worker { get; private init; } = null!;

    public ConcurrentQueue<string> Log { get; } = new();

    public static async Task<TestSilo> StartAsync(RedisServer redis, CounterWorker? worker = null, Func<RedisOptions, RedisOptions>? with = null)
    {
        var silo = new TestSilo { Worker = worker ?? new CounterWorker() };
        silo._server = await ApiServer.StartAsync(
            new ApiOptions(new IPEndPoint(IPAddress.Loopback, 0), "secret") { Peers = new IPEndPoint(IPAddress.Loopback, 0) }, silo.Log.Enqueue, new PeerEndpoints(silo, silo.Log.Enqueue).Map);
        var options = new RedisOptions(redis.Address) { Address = silo._server.PeerAddress!, Secret = "secret", SettleTime = TimeSpan.FromMilliseconds(500) };
        silo.Host = await RedisSilo.ConnectAsync(with is null ? options : with(options), new CounterActivator(silo.Worker), TimeProvider.System, silo.Log.Enqueue, default);
        await silo.Host.StartAsync(default);
        return silo;
    }

    public Uri Address => _server.PeerAddress!;

    public Task<Delivery> ReceiveAsync(GrainMessage message, CancellationToken cancellation) => Host.ReceiveAsync(message, cancellation);

    /// <summary>Ends the silo without a word to anybody.</summary>
    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await _server.DisposeAsync();
    }
}
