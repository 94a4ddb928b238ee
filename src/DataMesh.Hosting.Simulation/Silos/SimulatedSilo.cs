using DataMesh.ControlPlane.Grains;
using DataMesh.Hosting.Simulation.Agreement;
using DataMesh.Hosting.Simulation.World;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Hosting.Peers;

namespace DataMesh.Hosting.Simulation.Silos;

/// <summary>A silo of a simulated cluster: the host port over a simulated network, by the rules of the Redis host.</summary>
public sealed partial class SimulatedSilo : ISiloHost, IPeerReceiver
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly SimulatedCluster _cluster;
    private readonly GrainActivator _activator;
    private readonly ServerLink _link;
    private readonly SiloSession _session;
    private readonly SiloStates _states;
    private readonly SiloDirectory _directory;
    private readonly CancellationTokenSource _left = new();
    private bool _isLeaving;

    internal SimulatedSilo(SimulatedCluster cluster, SimulatedProcess process, GrainActivator activator)
    {
        (_cluster, Process, _activator) = (cluster, process, activator);
        _link = new ServerLink(process, cluster.Network, cluster.Server, cluster.Times.RenewEvery);
        _session = new SiloSession(process, _link, cluster.Times);
        _states = new SiloStates(_link, _session);
        _directory = new SiloDirectory(process, _link, _session, (group, fence) => new SiloHolding(group, _session.Id, fence, process, activator, this));
        Streams = new SiloStreams(_link);
        Pipelines = new SiloPipelines(_link);
    }

    /// <summary>The process that it is.</summary>
    public SimulatedProcess Process { get; }

    /// <inheritdoc/>
    public IGrainStateStore States => _states;

    /// <inheritdoc/>
    public IGrainStreams Streams { get; }

    /// <inheritdoc/>
    public IPipelineStore Pipelines { get; }

    /// <inheritdoc/>
    public TimeProvider Clock => Process.Clock;

    /// <inheritdoc/>
    public string SiloId => _session.Id;

    /// <inheritdoc/>
    public bool IsMember => _session.IsValid && !_left.IsCancellationRequested;

    /// <summary>The groups that it holds now.</summary>
    public IReadOnlyList<string> Held => [.. _directory.Holdings.Select(holding => holding.Group)];

    /// <inheritdoc/>
    public void Tell(GrainId from, GrainId to, GrainEvent happened)
    {
        // Only an activation tells, and its holding is there as long as it lives.
        if (_directory.Find(GrainGroup.Of(from)) is not { } holding) return;
        if (!holding.Tell(new GrainMessage(from, to, happened), DeliverInTheEndAsync)) Fail(from, $"Too much that it told {to} waits to be delivered.");
    }

    /// <inheritdoc/>
    public Task CallAsync(GrainId to, GrainEvent happened, TimeSpan timeout, CancellationToken cancellation) => Process.RunAsync(() => Delivering.CallAsync(
        to, either => DeliverAsync(new GrainMessage(null, to, happened), either), error => error is NetworkTrouble, timeout, Clock, cancellation));

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
        _cluster.Log(this, $"{grain} can not go on: {why}");
        if (_directory.Find(GrainGroup.Of(grain)) is { } holding) InBackground(() => TakeUpAsync(holding, grain));
    }

    /// <inheritdoc/>
    public Task<bool> ForgetAsync(string pipeline, CancellationToken cancellation) =>
        Process.RunAsync(() => _link.PersistAsync(server => Records.Forget(server, pipeline), cancellation));

    private async Task TakeUpAsync(SiloHolding holding, GrainId grain)
    {
        await Task.Yield();
        if (holding.Remove(grain) is { } shell) await shell.DeactivateAsync();
        _states.Forget(grain);
        if (!await _link.PersistAsync(server => Leases.Holds(server, holding.Group, holding.Silo, holding.Fence), _left.Token))
        {
            await _directory.EndAsync(holding);
            return;
        }

        await Task.Delay(PauseAfterFailure, Clock, _left.Token);
        if (await _states.ReadAsync(grain, _left.Token) is { KeepsRunning: true }) holding.WakeUp(grain);
    }

    /// <summary>Delivers what a grain told, to whatever silo has the receiver by then.</summary>
    private async Task DeliverInTheEndAsync(GrainMessage message, CancellationToken cancellation)
    {
        for (var pause = 20; ; pause = Math.Min(1000, pause * 2))
        {
            try
            {
                if (await DeliverAsync(message, cancellation) is Delivery.Handled or Delivery.Unknown) return;
            }
            catch (Exception error) when (!cancellation.IsCancellationRequested && (error is OperationCanceledException or GrainCallException || ServerLink.IsTrouble(error)))
            {
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
        catch (Exception error) when (error is NetworkTrouble or OperationCanceledException)
        {
            if (route.Local is null) _directory.Forget(group, route);
            throw;
        }
    }

    private async Task<Delivery?> SendAsync(SiloRoute route, GrainMessage message, CancellationToken cancellation)
    {
        if (_cluster.Find(route.Silo) is not { } other) throw new NetworkTrouble("Nobody listens there.");
        // A silo that does not answer is waited for as long as it has a session.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, GoneToken(route.Silo));
        var bytes = message.ToBytes();
        return await _cluster.Network.AskAsync(Process, other.Process, () => other.ReceiveAsync(GrainMessage.Parse(bytes), other._left.Token), mayDouble: true, either.Token);
    }

    private static Task<Delivery?> PostAsync(SiloHolding holding, GrainMessage message, CancellationToken cancellation) =>
        Delivering.PostAsync(handled => holding.Post(message.To, message.Event, handled), cancellation);

    private void InBackground(Func<Task> what) => _ = Process.RunAsync(async () =>
    {
        try
        {
            await what();
        }
        catch (Exception error)
        {
            if (!_left.IsCancellationRequested) _cluster.Log(this, $"unexpected: {error}");
        }
    });
}
