using System.Collections.Concurrent;
using DataMesh.ControlPlane.Grains;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Hosting.Peers;

namespace DataMesh.Hosting.Redis;

/// <summary>A group that this silo holds the lease of, with its activations.</summary>
internal sealed class Holding(string group, string silo, long fence, long since, GrainActivator activator, IGrainHost host)
{
    private readonly ConcurrentDictionary<GrainId, Lazy<IGrainShell>> _active = new();
    private volatile bool _isEnded;

    public string Group => group;

    public string Silo => silo;

    public long Fence => fence;

    /// <summary>Timestamp of the beginning.</summary>
    public long Since => since;

    /// <summary>What its grains tell others.</summary>
    public Outbox Outbox { get; } = new();

    /// <summary>The groups that live near this one because its grains told them something: its datasets.</summary>
    public ConcurrentDictionary<string, bool> Near { get; } = new();

    public int Grains => _active.Count;

    public IReadOnlyCollection<GrainId> Active => [.. _active.Keys];

    /// <summary>Puts an event into a grain's mailbox; closed when the holding has ended.</summary>
    public PostOutcome Post(GrainId to, GrainEvent happened, TaskCompletionSource handled, bool bounded)
    {
        while (!_isEnded)
        {
            var shell = _active.GetOrAdd(to, static (id, holding) => new Lazy<IGrainShell>(() => holding.Activate(id)), this);
            if (_isEnded) break;
            var outcome = shell.Value.Post(happened, handled, bounded);
            if (outcome != PostOutcome.Closed) return outcome;
            _active.TryRemove(KeyValuePair.Create(to, shell));
        }

        return PostOutcome.Closed;
    }

    /// <summary>Takes an activation out that can not go on.</summary>
    public IGrainShell? Remove(GrainId id) => _active.TryRemove(id, out var shell) ? shell.Value : null;

    /// <summary>Ends activations that had nothing to do for a while; whether none is left, and nothing they told.</summary>
    public bool Retire(TimeSpan idle)
    {
        foreach (var active in _active)
            if (active.Value is { IsValueCreated: true, Value: var shell } && shell.TryRetire(idle)) _active.TryRemove(active);
        return _active.IsEmpty && Outbox.IsEmpty;
    }

    /// <summary>Ends all activations: cancels their work and awaits it. Nothing is activated any more.</summary>
    public async Task EndAsync()
    {
        _isEnded = true;
        Outbox.End();
        while (!_active.IsEmpty)
        {
            var shells = _active.ToArray();
            await Task.WhenAll(shells.Select(active => active.Value.Value.DeactivateAsync()));
            foreach (var active in shells) _active.TryRemove(active);
        }
    }

    private IGrainShell Activate(GrainId id) => activator.Activate(new GrainActivation(id, host, fence, TaskScheduler.Default));
}
