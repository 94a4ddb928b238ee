using System.Collections.Concurrent;
using DataMesh.ControlPlane.Grains;
using DataMesh.Hosting.Orleans.Grains;
using DataMesh.Hosting.Orleans.Membership;
using DataMesh.Hosting.Orleans.Storage;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Hosting.Peers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Providers;
using Orleans.Storage;
using Orleans.Streams;

namespace DataMesh.Hosting.Orleans;

/// <summary>The host port in an Orleans silo.</summary>
public sealed partial class OrleansHost : ISiloHost
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly IServiceProvider _services;
    private readonly ConcurrentDictionary<string, Holding> _holdings = new();
    private readonly BackgroundTasks _background;
    private readonly CancellationTokenSource _left = new();
    private readonly Lazy<IGrainStorage> _storage;
    private readonly Lazy<IReminderTable> _reminders;
    private readonly Lazy<IStreamProvider?> _streamProvider;
    private readonly Lazy<ISiloStatusOracle> _oracle;
    private readonly DateTimeOffset _since;
    private volatile bool _isLeaving;

    /// <summary>Made by the silo's container.</summary>
    public OrleansHost(IServiceProvider services, IGrainFactory grains, GrainActivator activator, IOptions<DataMeshOptions> options, TimeProvider clock)
    {
        (_services, Grains, Activator, Options, Clock, _since) = (services, grains, activator, options.Value, clock, clock.GetUtcNow());
        // What belongs to the silo itself is made when it starts, and some of it asks for this host.
        _storage = new(() => services.GetKeyedService<IGrainStorage>(Options.Storage) ?? services.GetRequiredKeyedService<IGrainStorage>(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME));
        _reminders = new(services.GetRequiredService<IReminderTable>);
        _streamProvider = new(() => services.GetKeyedService<IStreamProvider>(Options.Streams));
        _oracle = new(services.GetRequiredService<ISiloStatusOracle>);
        _background = new BackgroundTasks(NoteUnexpected);
        _peers = new(() => new PeerClient(Options.Secret));
        Services = new SiloServiceClient(services);
        StateStore = new OrleansStateStore(this);
        Streams = new OrleansStreams(this);
        Pipelines = new OrleansPipelines(this);
        Loads = new SiloLoads(this);
        KeepAlive = new KeepAlive(this);
    }

    /// <inheritdoc/>
    public IGrainStateStore States => StateStore;

    /// <inheritdoc/>
    public IGrainStreams Streams { get; }

    /// <inheritdoc/>
    public IPipelineStore Pipelines { get; }

    /// <inheritdoc/>
    public TimeProvider Clock { get; }

    /// <inheritdoc/>
    public string SiloId => Silo.ToParsableString();

    /// <inheritdoc/>
    public bool IsMember => !_left.IsCancellationRequested && _oracle.Value.CurrentStatus == SiloStatus.Active;

    internal IGrainFactory Grains { get; }

    internal GrainActivator Activator { get; }

    internal DataMeshOptions Options { get; }

    internal OrleansStateStore StateStore { get; }

    internal SiloServiceClient Services { get; }

    internal SiloLoads Loads { get; }

    internal KeepAlive KeepAlive { get; }

    internal IReminderTable Reminders => _reminders.Value;

    internal SiloAddress Silo => _oracle.Value.SiloAddress;

    internal bool IsLeaving => _isLeaving;

    internal IReadOnlyList<SiloAddress> ActiveSilos => _oracle.Value.GetActiveSilos();

    /// <inheritdoc/>
    public void Tell(GrainId from, GrainId to, GrainEvent happened)
    {
        // Only an activation tells, and its holding is there as long as it lives.
        if (TryFind(GrainGroup.Of(from)) is not { } holding) return;
        if (GrainGroup.Of(to) is var group && GrainGroup.IsNear(group)) holding.Near.TryAdd(group, true);
        if (!holding.Outbox.Add(new GrainMessage(from, to, happened), DeliverInTheEndAsync)) Fail(from, $"Too much that it told {to} waits to be delivered.");
    }

    /// <inheritdoc/>
    public Task CallAsync(GrainId to, GrainEvent happened, TimeSpan timeout, CancellationToken cancellation) => Delivering.CallAsync(
        to, either => DeliverAsync(new GrainMessage(null, to, happened), either), error => error is OrleansException or TimeoutException, timeout, Clock, cancellation);

    /// <inheritdoc/>
    public void Fail(GrainId grain, string why)
    {
        Log($"{grain} can not go on: {why}");
        if (TryFind(GrainGroup.Of(grain)) is { } holding) _background.Add(TakeUpAsync(holding, grain));
    }

    /// <summary>A record in the silo's grain storage.</summary>
    internal Cell<T> CellOf<T>(string name, OrleansId id) where T : Record, new() => new(_storage.Value, name, id);

    /// <summary>The group as it lives here.</summary>
    internal Holding? TryFind(string group) => _holdings.GetValueOrDefault(group);

    /// <summary>The group as it lives here; refused when it does not.</summary>
    internal Holding Find(string group) => TryFind(group) ?? throw new ElsewhereException($"{group} does not live on {Silo}.");

    internal void Log(string message) => Options.Log?.Invoke(message);

    /// <summary>Asks again until there is an answer or the caller gives up; a grain, if nothing else is said.</summary>
    internal async Task<T> PersistAsync<T>(Func<Task<T>> ask, CancellationToken cancellation, Func<Exception, bool>? mayPass = null)
    {
        for (var pause = 20; ; pause = Math.Min(500, pause * 2))
        {
            try
            {
                return await ask().WaitAsync(cancellation);
            }
            catch (Exception error) when (!cancellation.IsCancellationRequested && (mayPass?.Invoke(error) ?? error is OrleansException or TimeoutException or ElsewhereException))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(pause), Clock, cancellation);
            }
        }
    }

    /// <summary>Publishes an event to Orleans' stream of the grain, when the silo has a provider for that.</summary>
    internal async Task PublishAsync(string grain, EntryRecord entry)
    {
        if (_streamProvider.Value is not { } provider) return;
        try
        {
            await provider.GetStream<EntryRecord>(StreamId.Create("datamesh", grain)).OnNextAsync(entry);
        }
        catch (Exception error) when (error is OrleansException or TimeoutException)
        {
            Log($"an event of {grain} was kept and not published: {error.Message}");
        }
    }

    private async Task TakeUpAsync(Holding holding, GrainId grain)
    {
        await Task.Yield();
        if (holding.Find(grain) is { } member) await holding.EndAsync(member);
        if (!await holding.IsCurrentAsync(_left.Token))
        {
            holding.Grain.DeactivateOnIdle();
            return;
        }

        await Task.Delay(PauseAfterFailure, Clock, _left.Token);
        if (await States.ReadAsync(grain, _left.Token) is { KeepsRunning: true }) await holding.WakeAgainAsync(grain);
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
                        Log($"{message.From} told {message.To}, which does not exist, {message.Event.GetType().Name}.");
                        return;
                }
            }
            catch (Exception error) when (error is OrleansException or TimeoutException)
            {
            }

            await Task.Delay(TimeSpan.FromMilliseconds(pause), Clock, cancellation);
        }
    }

    private async Task<Delivery> DeliverAsync(GrainMessage message, CancellationToken cancellation)
    {
        if (!Activator.Knows(message.To)) return Delivery.Unknown;
        cancellation.ThrowIfCancellationRequested();
        try
        {
            return (Delivery)await Kinds.Get(Grains, message.To).HearAsync(new Envelope(message)).WaitAsync(cancellation);
        }
        catch (Exception error) when (error is ElsewhereException or OrleansMessageRejectionException)
        {
            // Its group was activated somewhere else meanwhile, or its activation was ending: nothing was handled.
            return Delivery.Elsewhere;
        }
    }

    private void NoteUnexpected(Exception error)
    {
        if (!_left.IsCancellationRequested) Log($"unexpected: {error}");
    }
}
