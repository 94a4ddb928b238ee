using System.Collections.Concurrent;
using DataMesh.ControlPlane.Grains;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Embedded;

/// <summary>The host port inside one process: a directory of active grains.</summary>
/// <param name="store">State, streams, pipelines.</param>
/// <param name="activator">Makes the grains.</param>
/// <param name="clock">The clock.</param>
/// <param name="failed">Told of activations that can not go on.</param>
/// <param name="keepsAlive">Whether grains that must keep running are taken up again: by this host after a failure, by the next one on the same file.</param>
public class InProcessHost(SqliteStore store, GrainActivator activator, TimeProvider clock, Action<GrainId, string> failed, bool keepsAlive) : IGrainHost, IAsyncDisposable
{
    private readonly ConcurrentDictionary<GrainId, Lazy<IGrainShell>> _active = new();
    private readonly ConcurrentDictionary<Task, bool> _ending = new();

    /// <inheritdoc/>
    public IGrainStateStore States => store.States;

    /// <inheritdoc/>
    public IGrainStreams Streams => store.Streams;

    /// <inheritdoc/>
    public TimeProvider Clock => clock;

    /// <summary>State, streams, pipelines.</summary>
    protected SqliteStore Store => store;

    /// <summary>Makes the grains.</summary>
    protected GrainActivator Activator => activator;

    /// <summary>The active grains.</summary>
    public IReadOnlyCollection<GrainId> Active => [.. _active.Keys];

    /// <inheritdoc/>
    public virtual void Tell(GrainId from, GrainId to, GrainEvent happened) => Post(to, happened, null, bounded: false);

    /// <inheritdoc/>
    public async Task CallAsync(GrainId to, GrainEvent happened, TimeSpan timeout, CancellationToken cancellation)
    {
        if (!activator.Knows(to)) throw new GrainCallException(CallFailure.Unknown, $"There is no grain {to}.");
        var handled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Post(to, happened, handled, bounded: true) == PostOutcome.Busy) throw new GrainCallException(CallFailure.Busy, $"Too many events are waiting for {to}.");
        try
        {
            await handled.Task.WaitAsync(timeout, clock, cancellation);
        }
        catch (TimeoutException error)
        {
            throw new GrainCallException(CallFailure.TimedOut, $"{to} did not answer within {timeout.TotalSeconds:0.###} s.", error);
        }
    }

    /// <inheritdoc/>
    public virtual void Fail(GrainId grain, string why)
    {
        if (_active.TryRemove(grain, out var shell)) End(shell.Value);
        failed(grain, why);
    }

    /// <summary>Ends the activations that have had nothing to do for a while.</summary>
    public void RetireIdle(TimeSpan idle)
    {
        foreach (var active in _active)
            if (active.Value is { IsValueCreated: true, Value: var shell } && shell.TryRetire(idle)) _active.TryRemove(active);
    }

    /// <summary>Ends all activations: cancels their work and awaits it.</summary>
    public async Task DeactivateAsync()
    {
        foreach (var active in _active)
        {
            await active.Value.Value.DeactivateAsync();
            _active.TryRemove(active);
        }

        await Task.WhenAll(_ending.Keys);
    }

    /// <summary>Ends some activations.</summary>
    protected async Task DeactivateAsync(Func<GrainId, bool> which)
    {
        foreach (var id in _active.Keys.Where(which).ToList())
            if (_active.TryRemove(id, out var shell)) await shell.Value.DeactivateAsync();
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        await DeactivateAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Puts an event into a grain's mailbox; activates it if need be.</summary>
    protected PostOutcome Post(GrainId to, GrainEvent happened, TaskCompletionSource? handled, bool bounded)
    {
        while (true)
        {
            var shell = _active.GetOrAdd(to, static (id, host) => new Lazy<IGrainShell>(() => host.Activate(id)), this);
            var outcome = shell.Value.Post(happened, handled, bounded);
            if (outcome != PostOutcome.Closed) return outcome;
            _active.TryRemove(KeyValuePair.Create(to, shell));
        }
    }

    private IGrainShell Activate(GrainId id) => activator.Activate(new GrainActivation(id, this, Fence: 0, TaskScheduler.Default) { KeepsAlive = keepsAlive });

    private void End(IGrainShell shell)
    {
        var ending = Task.Run(shell.DeactivateAsync);
        _ending[ending] = true;
        ending.ContinueWith(ended => _ending.TryRemove(ended, out _), TaskScheduler.Default);
    }
}
