using DataMesh.Hosting.Simulation.World;

namespace DataMesh.Hosting.Simulation.Agreement;

/// <summary>
/// What stands for Redis: every operation is one atomic step, by the same rules as the scripts of the Redis host. It can be down, and come back without the
/// last of what it was told.
/// </summary>
public sealed class AgreementServer(SimulatedWorld world)
{
    private static readonly TimeSpan Remembers = TimeSpan.FromSeconds(2);

    private readonly Queue<(TimeSpan At, Agreed What)> _history = new();

    /// <summary>What is agreed on now.</summary>
    public Agreed Now { get; private set; } = Agreed.Nothing;

    /// <summary>Identity of the server's run.</summary>
    public int RunId { get; private set; } = 1;

    /// <summary>Whether it does not answer.</summary>
    public bool IsDown { get; private set; }

    /// <summary>Whether fencing tokens are looked at. Only tests take that away, to see that somebody notices.</summary>
    internal bool Fences { get; init; } = true;

    /// <summary>Told of every change, with what was before and what is after.</summary>
    public event Action<Agreed, Agreed>? Changed;

    /// <summary>Its clock, in microseconds.</summary>
    public long Micros => ((SimulatedWorld.Beginning - DateTimeOffset.UnixEpoch) + world.Now).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Its clock.</summary>
    public DateTimeOffset Time => SimulatedWorld.Beginning + world.Now;

    /// <summary>Puts something else in the place of what is agreed on.</summary>
    internal void Change(Agreed next)
    {
        if (ReferenceEquals(next, Now)) return;
        _history.Enqueue((world.Now, Now));
        Changed?.Invoke(Now, next);
        while (_history.TryPeek(out var oldest) && world.Now - oldest.At > Remembers) _history.Dequeue();
        Now = next;
    }

    /// <summary>Stops it.</summary>
    public void Stop() => IsDown = true;

    /// <summary>Starts it again, without what it was told in the time before it was stopped.</summary>
    /// <param name="forgets">How much of the past is gone.</param>
    public void Restart(TimeSpan forgets)
    {
        var until = world.Now - forgets;
        if (forgets > TimeSpan.Zero && _history.FirstOrDefault(entry => entry.At >= until) is { What: { } before }) Now = before;
        _history.Clear();
        (IsDown, RunId) = (false, RunId + 1);
    }
}
