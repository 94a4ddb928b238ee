using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace DataMesh.Chaos.Tests;

/// <summary>A wire between two processes that a test can cut: what is sent then vanishes, and nobody is told, as with a cable that is pulled out.</summary>
internal sealed class Relay : IDisposable
{
    private readonly TcpListener _listener;
    private readonly IPEndPoint _to;
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _clients = new();
    private volatile TaskCompletionSource _whole = Done();

    /// <summary>A wire to an address, from a free port of the same machine or from a given address.</summary>
    public Relay(IPEndPoint to, IPEndPoint? from = null)
    {
        _to = to;
        _listener = new TcpListener(from ?? new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Where the wire begins.</summary>
    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>Nothing passes any more, and no connection ends.</summary>
    public void Cut() => _whole = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What waits on the wire passes, and all that follows.</summary>
    public void Mend() => _whole.TrySetResult();

    public void Dispose()
    {
        _ended.Cancel();
        _listener.Dispose();
        foreach (var client in _clients.Keys) client.Dispose();
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptTcpClientAsync(_ended.Token);
                _clients[near] = true;
                _ = ConnectAsync(near);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ConnectAsync(TcpClient near)
    {
        using var far = new TcpClient { NoDelay = true };
        near.NoDelay = true;
        try
        {
            await _whole.Task.WaitAsync(_ended.Token);
            await far.ConnectAsync(_to, _ended.Token);
            await Task.WhenAny(PumpAsync(near, far), PumpAsync(far, near));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
        }

        _clients.TryRemove(near, out _);
        near.Dispose();
    }

    private async Task PumpAsync(TcpClient from, TcpClient to)
    {
        var bytes = new byte[16 << 10];
        try
        {
            while (await from.GetStream().ReadAsync(bytes, _ended.Token) is var count and > 0)
            {
                await _whole.Task.WaitAsync(_ended.Token);
                await to.GetStream().WriteAsync(bytes.AsMemory(0, count), _ended.Token);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }
}
