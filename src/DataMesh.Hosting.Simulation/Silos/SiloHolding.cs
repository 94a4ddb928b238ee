using DataMesh.ControlPlane.Grains;
using DataMesh.Core;
using DataMesh.Hosting.Simulation.World;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Hosting.Peers;

namespace DataMesh.Hosting.Simulation.Silos;

/// <summary>A group that a silo holds the lease of, with its activations and what they told and nobody has acknowledged yet.</summary>
internal sealed class SiloHolding(string group, string silo, long fence, SimulatedProcess process, GrainActivator activator, IGrainHost host)
{
    private readonly SortedDictionary<string, (GrainId Id, IGrainShell Shell)> _active = new(StringComparer.Ordinal);
    private readonly Dictionary<(GrainId From, GrainId To), Queue<GrainMessage>> _told = [];
    private readonly CancellationTokenSource _ended = new();
    private readonly long _since = process.Clock.GetTimestamp();
    private bool _isEnded;

    public string Group => group;

    public string Silo => silo;

    public long Fence => fence;

    public int Grains => _active.Count;

    /// <summary>Ends activations that had nothing to do for a while; whether none is left, and nothing they told.</summary>
    public bool IsIdle(TimeSpan time)
    {
        if (process.Clock.GetElapsedTime(_since) < time) return false;
        foreach (var (key, active) in _active.ToList())
            if (active.Shell.TryRetire(time)) _active.Remove(key);
        return _active.Count == 0 && _told.Count == 0;
    }

    public PostOutcome Post(GrainId to, GrainEvent happened, TaskCompletionSource handled)
    {
        while (!_isEnded)
        {
            if (!_active.TryGetValue(to.ToString(), out var active))
                _active[to.ToString()] = active = (to, activator.Activate(new GrainActivation(to, host, fence, process.Scheduler)));
            var outcome = active.Shell.Post(happened, handled, bounded: true);
            if (outcome != PostOutcome.Closed) return outcome;
            _active.Remove(to.ToString());
        }

        return PostOutcome.Closed;
    }

    /// <summary>What must be running was running elsewhere before: it hears so before anything else.</summary>
    public void WakeUp(GrainId id) => Post(id, new Activated(), new TaskCompletionSource());

    /// <summary>Takes an activation out that can not go on.</summary>
    public IGrainShell? Remove(GrainId id) => _active.Remove(id.ToString(), out var active) ? active.Shell : null;

    /// <summary>Tells something: what one grain tells another is delivered one by one. False when too much waits.</summary>
    public bool Tell(GrainMessage message, Func<GrainMessage, CancellationToken, Task> deliver)
    {
        if (_isEnded) return true;
        var pair = (message.From!.Value, message.To);
        if (_told.TryGetValue(pair, out var queue))
        {
            if (queue.Count >= Limits.OutboxEventsMax) return false;
            queue.Enqueue(message);
            return true;
        }

        _told[pair] = queue = new Queue<GrainMessage>([message]);
        _ = process.RunAsync(() => DeliverAllAsync(pair, queue, deliver));
        return true;
    }

    /// <summary>Ends all activations: cancels their work and awaits it. Nothing is activated any more.</summary>
    public async Task EndAsync()
    {
        _isEnded = true;
        await _ended.CancelAsync();
        while (_active.Count > 0)
        {
            var shells = _active.ToList();
            await Task.WhenAll(shells.Select(active => active.Value.Shell.DeactivateAsync()));
            foreach (var active in shells) _active.Remove(active.Key);
        }
    }

    private async Task DeliverAllAsync((GrainId From, GrainId To) pair, Queue<GrainMessage> queue, Func<GrainMessage, CancellationToken, Task> deliver)
    {
        try
        {
            while (queue.TryPeek(out var next))
            {
                await deliver(next, _ended.Token);
                queue.Dequeue();
            }
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
        }

        _told.Remove(pair);
    }
}
