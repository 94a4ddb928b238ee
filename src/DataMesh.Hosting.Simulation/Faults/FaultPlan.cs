using DataMesh.Hosting.Simulation.Silos;
using DataMesh.Hosting.Simulation.World;

namespace DataMesh.Hosting.Simulation.Faults;

/// <summary>Brings faults upon a cluster, as a mix and chance will have it, and heals everything in the end.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="operator">A process that outlives all faults.</param>
/// <param name="mix">Which faults.</param>
/// <param name="start">Starts another silo.</param>
public sealed class FaultPlan(SimulatedCluster cluster, SimulatedProcess @operator, FaultMix mix, Func<SimulatedSilo> start)
{
    /// <summary>For one kill at a step of the protocol there are so many between any two steps.</summary>
    private const double BetweenSteps = 1 / 300.0;

    private readonly List<SimulatedSilo> _killed = [];
    private int _faults;
    private int _troubles;

    /// <summary>How often each step of the protocol was reached.</summary>
    public SortedDictionary<string, int> Reached { get; } = new(StringComparer.Ordinal);

    /// <summary>At which steps of the protocol a silo died or froze.</summary>
    public SortedDictionary<string, int> Struck { get; } = new(StringComparer.Ordinal);

    /// <summary>How many faults there have been.</summary>
    public int Faults => _faults;

    /// <summary>When the last fault had healed.</summary>
    public TimeSpan QuietSince { get; private set; }

    /// <summary>Told what is done to whom.</summary>
    public Action<string>? Told { get; set; }

    /// <summary>Whether the steps of the protocol are told too.</summary>
    public bool TellsSteps { get; init; }

    private Random Chance => cluster.World.Random;

    private bool MayStrike => _faults < mix.FaultsMax;

    /// <summary>A silo has come to a step of the protocol.</summary>
    public PointFate Judge(SimulatedSilo silo, string point)
    {
        Reached[point] = Reached.GetValueOrDefault(point) + 1;
        cluster.World.Trace.Add(silo.Process.Number, point.Length);
        if (TellsSteps) Told?.Invoke($"{silo.Process.Name} has come to {point}");
        if (!MayStrike) return PointFate.GoOn;
        if (Comes(mix.KillRate))
        {
            Strike(silo, $"is killed at {point}", point);
            _killed.Add(silo);
            return PointFate.Die;
        }

        if (mix.Freezes && Comes(0.05))
        {
            Strike(silo, $"freezes at {point}", point);
            HealAfter(Between(0.2, 6), silo.Process.Thaw);
            return PointFate.Freeze;
        }

        if (!mix.SlowsDisk || !Comes(0.2)) return PointFate.GoOn;
        HealAfter(Between(0.001, 0.4), silo.Process.Thaw);
        return PointFate.Freeze;
    }

    /// <summary>Something may happen between two steps.</summary>
    public void AfterStep()
    {
        foreach (var silo in _killed) Bury(silo);
        _killed.Clear();
        if (!MayStrike || cluster.Silos.Count == 0) return;
        if (Comes(mix.KillRate * BetweenSteps)) Kill(Any());
        if (mix.Leaves && Comes(1 / 3000.0)) Leave(Any());
        if (mix.Freezes && Comes(1 / 3000.0)) Freeze(Any());
        if (mix.CutsServer && Comes(1 / 3000.0)) Cut(Any(), null);
        if (mix.CutsPeers && cluster.Silos.Count > 1 && Comes(1 / 3000.0)) Cut(cluster.Silos[0], cluster.Silos[^1]);
        if (mix.RestartsServer && !cluster.Server.IsDown && Comes(1 / 3000.0)) RestartServer();
        if (mix.JumpsClocks && Comes(1 / 3000.0)) Jump(Any());
    }

    private void Kill(SimulatedSilo silo)
    {
        Strike(silo, "is killed", null);
        Bury(silo);
    }

    /// <summary>Another silo comes in its place, sooner or later.</summary>
    private void Bury(SimulatedSilo silo)
    {
        cluster.Remove(silo);
        HealAfter(Between(0.05, 5), () => start());
    }

    private void Leave(SimulatedSilo silo)
    {
        Strike(silo, "leaves", null);
        HealAfter(Between(0.05, 5), () => start());
        _ = LeaveAsync(silo);
    }

    private async Task LeaveAsync(SimulatedSilo silo)
    {
        await @operator.RunAsync(async () =>
        {
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(10), @operator.Clock);
            try
            {
                await silo.LeaveAsync(late.Token).WaitAsync(TimeSpan.FromSeconds(15), @operator.Clock);
            }
            catch (Exception error) when (error is TimeoutException or OperationCanceledException)
            {
                Told?.Invoke($"{silo.Process.Name} does not manage to leave");
            }

            cluster.Remove(silo);
        });
    }

    private void Freeze(SimulatedSilo silo)
    {
        Strike(silo, "freezes", null);
        silo.Process.Freeze();
        HealAfter(Between(0.2, 6), silo.Process.Thaw);
    }

    private void Cut(SimulatedSilo silo, SimulatedSilo? other)
    {
        Strike(silo, other is null ? "is cut off from the server" : $"is cut off from {other.Process.Name}", null);
        cluster.Network.Cut(silo.Process, other?.Process);
        HealAfter(Between(0.2, 6), () => cluster.Network.Mend(silo.Process, other?.Process));
    }

    private void RestartServer()
    {
        var forgets = mix.ForgetsTail ? Between(0, 1) : TimeSpan.Zero;
        _faults++;
        Told?.Invoke($"the server stops{(forgets > TimeSpan.Zero ? " and forgets" : "")}");
        cluster.Server.Stop();
        HealAfter(Between(0.05, 5), () => cluster.Server.Restart(forgets));
    }

    private void Jump(SimulatedSilo silo)
    {
        Strike(silo, "has its clock set", null);
        silo.Process.Clock.Ahead = TimeSpan.FromHours((Chance.NextDouble() - 0.5) * 100);
    }

    private void Strike(SimulatedSilo silo, string what, string? point)
    {
        _faults++;
        QuietSince = cluster.World.Now;
        if (point is not null) Struck[point] = Struck.GetValueOrDefault(point) + 1;
        cluster.World.Trace.Add(silo.Process.Number, _faults);
        Told?.Invoke($"{silo.Process.Name} {what}");
    }

    private void HealAfter(TimeSpan time, Action heal)
    {
        _troubles++;
        _ = new SimulatedTimer(
            @operator,
            () =>
            {
                _troubles--;
                QuietSince = cluster.World.Now;
                heal();
            },
            time);
    }

    /// <summary>Whether there will be no more faults, and all have healed.</summary>
    public bool IsQuiet => !MayStrike && _troubles == 0;

    private SimulatedSilo Any() => cluster.Silos[Chance.Next(cluster.Silos.Count)];

    private bool Comes(double share) => share > 0 && Chance.NextDouble() < share;

    private TimeSpan Between(double secondsMin, double secondsMax) => TimeSpan.FromSeconds(secondsMin + (Chance.NextDouble() * (secondsMax - secondsMin)));
}
