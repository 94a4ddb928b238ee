using DataMesh.ControlPlane.Grains;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Hosting.Peers;

namespace DataMesh.Hosting.Redis;

/// <summary>A member of a cluster that agrees on everything in Redis. It answers other silos by <see cref="IPeerReceiver"/>.</summary>
public sealed partial class RedisSilo : ISiloHost, IPeerReceiver, IPeerLink
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly RedisOptions _options;
    private readonly GrainActivator _activator;
    private readonly Action<string> _log;
    private readonly RedisLink _link;
    private readonly Membership _membership;
    private readonly RedisStateStore _states;
    private readonly GrainDirectory _directory;
    private readonly PeerClient _peers;
    private readonly CancellationTokenSource _left = new();
    private readonly BackgroundTasks _background;
    private volatile bool _isLeaving;

    private RedisSilo(RedisOptions options, GrainActivator activator, TimeProvider clock, Action<string> log, RedisLink link)
    {
        (_options, _activator, _log, _link, Clock) = (options, activator, log, link, clock);
        _membership = new Membership(link, options, clock);
        _states = new RedisStateStore(link, _membership);
        _directory = new GrainDirectory(link, _membership, (group, fence) => new Holding(group, _membership.Id, fence, clock.GetTimestamp(), activator, this));
        _peers = new PeerClient(options.Secret);
        _background = new BackgroundTasks(NoteUnexpected);
        Streams = new RedisStreams(link);
        Pipelines = new RedisPipelineStore(link);
    }

    /// <inheritdoc/>
    public IGrainStateStore States => _states;

    /// <inheritdoc/>
    public IGrainStreams Streams { get; }

    /// <inheritdoc/>
    public IPipelineStore Pipelines { get; }

    /// <inheritdoc/>
    public TimeProvider Clock { get; }

    /// <inheritdoc/>
    public string SiloId => _membership.Id;

    /// <inheritdoc/>
    public bool IsMember => _membership.IsValid && !_left.IsCancellationRequested;

    /// <summary>Connects to Redis; the silo joins with <see cref="StartAsync"/>, when it answers at its address.</summary>
    /// <param name="options">The cluster.</param>
    /// <param name="activator">Makes the grains.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="log">Told what happens to the silo.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<RedisSilo> ConnectAsync(RedisOptions options, GrainActivator activator, TimeProvider clock, Action<string> log, CancellationToken cancellation) =>
        new(options, activator, clock, log, await RedisLink.ConnectAsync(options, cancellation));

    /// <inheritdoc/>
    public void Tell(GrainId from, GrainId to, GrainEvent happened)
    {
        // Only an activation tells, and its holding is there as long as it lives.
        if (_directory.Find(GrainGroup.Of(from)) is not { } holding) return;
        if (GrainGroup.Of(to) is var group && GrainGroup.IsNear(group)) holding.Near.TryAdd(group, true);
        if (!holding.Outbox.Add(new GrainMessage(from, to, happened), DeliverInTheEndAsync)) Fail(from, $"Too much that it told {to} waits to be delivered.");
    }

    /// <inheritdoc/>
    public Task CallAsync(GrainId to, GrainEvent happened, TimeSpan timeout, CancellationToken cancellation) => Delivering.CallAsync(
        to, either => DeliverAsync(new GrainMessage(null, to, happened), either), error => error is HttpRequestException, timeout, Clock, cancellation);

    /// <inheritdoc/>
    public async Task<Delivery> ReceiveAsync(GrainMessage message, CancellationToken cancellation)
    {
        if (!_activator.Knows(message.To)) return Delivery.Unknown;
        var group = GrainGroup.Of(message.To);
        for (var attempt = 0; attempt < 2 && IsMember; attempt++)
        {
            var route = await _directory.ResolveAsync(group, near: true).WaitAsync(cancellation);
            if (route.Local is { } holding && await PostAsync(holding, message, cancellation) is { } delivery) return delivery;
            // A holding that is ending has its lease until its activations have ended: nobody gets hold of the group before.
            if (route.Local is not null) break;
            _directory.Forget(group, route);
        }

        return Delivery.Elsewhere;
    }

    /// <inheritdoc/>
    public void Fail(GrainId grain, string why)
    {
        _log($"{grain} can not go on: {why}");
        if (_directory.Find(GrainGroup.Of(grain)) is { } holding) _background.Add(TakeUpAsync(holding, grain));
    }

    /// <inheritdoc/>
    public async Task<bool> ForgetAsync(string pipeline, CancellationToken cancellation) =>
        RedisLink.Number(await _link.PersistAsync(StateScripts.Forget, cancellation, [.. GrainGroup.AllOf(pipeline)])) == 1;

    /// <summary>A group is forgotten that may be held here: its lease is no more.</summary>
    private void LetGo(string group)
    {
        if (_directory.Find(group) is { } holding) _background.Add(_directory.EndAsync(holding));
        else _directory.Reconsider(group);
    }

    private async Task TakeUpAsync(Holding holding, GrainId grain)
    {
        await Task.Yield();
        if (holding.Remove(grain) is { } shell) await shell.DeactivateAsync();
        _states.Forget(grain);
        if (RedisLink.Number(await _link.PersistAsync(LeaseScripts.Check, _left.Token, holding.Group, holding.Silo, holding.Fence)) == 0)
        {
            await _directory.EndAsync(holding);
            return;
        }

        await Task.Delay(PauseAfterFailure, Clock, _left.Token);
        if (await _states.ReadAsync(grain, _left.Token) is { KeepsRunning: true }) holding.Post(grain, new Activated(), new TaskCompletionSource(), bounded: false);
    }

    /// <summary>Delivers what a grain told, to whatever silo has the receiver by then.</summary>
    private async Task DeliverInTheEndAsync(GrainMessage message, CancellationToken cancellation)
    {
        for (var pause = 20; ; pause = Math.Min(1000, pause * 2))
        {
            try
            {
                switch (await DeliverAsync(message, cancellation))
                {
                    case Delivery.Handled: return;
                    case Delivery.Unknown:
                        _log($"{message.From} told {message.To}, which does not exist, {message.Event.GetType().Name}.");
                        return;
                }
            }
            catch (Exception error) when (!cancellation.IsCancellationRequested && (error is HttpRequestException or OperationCanceledException or GrainCallException || RedisLink.IsTrouble(error)))
            {
                if (error is HttpRequestException { StatusCode: { } status } || error is GrainCallException { Failure: CallFailure.Unknown })
                {
                    _log($"{message.From} could not tell {message.To} {message.Event.GetType().Name}: {error.Message}");
                    if (error is GrainCallException) return;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(pause), Clock, cancellation);
        }
    }

    private async Task<Delivery> DeliverAsync(GrainMessage message, CancellationToken cancellation)
    {
        if (!_activator.Knows(message.To)) return Delivery.Unknown;
        var group = GrainGroup.Of(message.To);
        var route = await _directory.ResolveAsync(group, GrainGroup.IsNear(group)).WaitAsync(cancellation);
        try
        {
            var delivery = route.Local is { } holding ? await PostAsync(holding, message, cancellation) : await SendAsync(route, message, cancellation);
            if (delivery is Delivery.Elsewhere && route.Local is null) _directory.Forget(group, route);
            return delivery ?? Delivery.Elsewhere;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            if (route.Local is null) _directory.Forget(group, route);
            throw;
        }
    }

    private async Task<Delivery?> SendAsync(Route route, GrainMessage message, CancellationToken cancellation)
    {
        // A silo that does not answer is waited for as long as it has a session.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, GoneToken(route.Silo));
        return await _peers.SendAsync(route.Address, message, either.Token);
    }

    private static Task<Delivery?> PostAsync(Holding holding, GrainMessage message, CancellationToken cancellation) =>
        Delivering.PostAsync(handled => holding.Post(message.To, message.Event, handled, bounded: true), cancellation);

    private void NoteUnexpected(Exception error)
    {
        if (!_left.IsCancellationRequested) _log($"unexpected: {error}");
    }
}
