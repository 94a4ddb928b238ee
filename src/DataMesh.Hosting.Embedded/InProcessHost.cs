using System.Collections.Concurrent;
using DataMesh.ControlPlane.Grains;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Embedded;

/// <summary>The host port inside one process: a directory of active grains.</summary>
public sealed class InProcessHost(IGrainStateStore states, GrainActivator activator, Action<string> failed) : IGrainHost, IAsyncDisposable
{
    private readonly ConcurrentDictionary<GrainId, Lazy<IGrainShell>> _active = new();

    /// <inheritdoc/>
    public IGrainStateStore States => states;

    /// <inheritdoc/>
    public void Fail(GrainId grain, string why) => failed(why);

    /// <inheritdoc/>
    public void Tell(GrainId to, GrainEvent happened) =>
        _active.GetOrAdd(to, id => new Lazy<IGrainShell>(() => activator.Activate(id, this, TaskScheduler.Default))).Value.Post(happened);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var shell in _active.Values) await shell.Value.DeactivateAsync();
    }
}
