using DataMesh.ControlPlane.Grains;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Embedded;

/// <summary>The silo that needs no other: pipelines are submitted to it, and it takes up what must keep running when it starts.</summary>
public sealed class EmbeddedSilo : InProcessHost, ISiloHost
{
    private static readonly TimeSpan IdleMax = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly FileStream _only;
    private readonly DateTimeOffset _since;
    private readonly Action<GrainId, string> _failed;
    private readonly CancellationTokenSource _left = new();
    private ITimer? _sweep;

    private EmbeddedSilo(FileStream only, SqliteStore store, GrainActivator activator, TimeProvider clock, Action<GrainId, string> failed)
        : base(store, activator, clock, failed, keepsAlive: true)
    {
        (_only, _failed, _since) = (only, failed, clock.GetUtcNow());
    }

    /// <inheritdoc/>
    public IPipelineStore Pipelines => Store.Pipelines;

    /// <inheritdoc/>
    public string SiloId => "embedded";

    /// <inheritdoc/>
    public bool IsMember => !_left.IsCancellationRequested;

    /// <summary>Opens the state folder, which one silo at a time uses.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="activator">Makes the grains.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="failed">Told of activations that can not go on.</param>
    public static EmbeddedSilo Open(string folder, GrainActivator activator, TimeProvider clock, Action<GrainId, string> failed)
    {
        var only = RunLock.Take(folder, "_silo");
        try
        {
            return new EmbeddedSilo(only, new SqliteStore(Path.Combine(folder, "state.db"), clock), activator, clock, failed);
        }
        catch
        {
            only.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellation)
    {
        foreach (var (id, _) in Store.States.Kept().Where(kept => Activator.Knows(kept.Id))) Tell(id, id, new Activated());
        _sweep = Clock.CreateTimer(_ => RetireIdle(IdleMax), null, IdleMax / 4, IdleMax / 4);
        return Task.CompletedTask;
    }

    /// <summary>Tells a grain; again when the activation that had heard it could not go on.</summary>
    public override void Tell(GrainId from, GrainId to, GrainEvent happened)
    {
        var handled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(to, happened, handled, bounded: false);
        handled.Task.ContinueWith(failed => TellAgainAsync(failed, from, to, happened), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public override void Fail(GrainId grain, string why)
    {
        base.Fail(grain, why);
        _ = TakeUpAsync(grain);
    }

    /// <inheritdoc/>
    public async Task LeaveAsync(CancellationToken cancellation)
    {
        var groups = Active.Select(GrainGroup.Of).Distinct().ToList();
        try
        {
            await Task.WhenAll(groups.Select(group => Activator.Worker.DrainAsync(group, cancellation)));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }

        await _left.CancelAsync();
        await DeactivateAsync();
    }

    /// <inheritdoc/>
    public async Task<bool> ForgetAsync(string pipeline, CancellationToken cancellation)
    {
        if (!Store.States.Forget(pipeline)) return false;
        // What an activation still has in mind is refused when it is written, and told again to the next activation.
        await DeactivateAsync(id => GrainGroup.PipelineOf(id) == pipeline);
        return true;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<SiloView>> SilosAsync(CancellationToken cancellation) => ValueTask.FromResult<IReadOnlyList<SiloView>>(
        [new SiloView(SiloId, null, _since, Active.Count, Store.States.Kept().Select(kept => GrainGroup.Of(kept.Id)).Distinct().Count(), _left.IsCancellationRequested)]);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LeaseView>> LeasesAsync(CancellationToken cancellation)
    {
        var kept = Store.States.Kept().GroupBy(grain => GrainGroup.Of(grain.Id)).ToDictionary(group => group.Key, group => group.Max(grain => grain.Fence));
        return ValueTask.FromResult<IReadOnlyList<LeaseView>>(
            [.. Active.Select(GrainGroup.Of).Concat(kept.Keys).Distinct().Order(StringComparer.Ordinal).Select(group => new LeaseView(group, SiloId, kept.GetValueOrDefault(group), kept.ContainsKey(group)))]);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _left.CancelAsync();
        if (_sweep is not null) await _sweep.DisposeAsync();
        await base.DisposeAsync();
        Store.Dispose();
        await _only.DisposeAsync();
    }

    private async Task TellAgainAsync(Task failed, GrainId from, GrainId to, GrainEvent happened)
    {
        _ = failed.Exception;
        await Task.Delay(PauseAfterFailure, Clock, _left.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_left.IsCancellationRequested) Tell(from, to, happened);
    }

    /// <summary>A grain whose activation failed is taken up again after a pause, when it must keep running.</summary>
    private async Task TakeUpAsync(GrainId grain)
    {
        try
        {
            await Task.Delay(PauseAfterFailure, Clock, _left.Token);
            if (await States.ReadAsync(grain, _left.Token) is { KeepsRunning: true }) Tell(grain, grain, new Activated());
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception error)
        {
            _failed(grain, error.Message);
        }
    }
}
