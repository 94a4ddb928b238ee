using DataMesh.Hosting.Simulation.Agreement;
using DataMesh.Hosting.Simulation.World;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Simulation.Silos;

/// <summary>The silos of a world, the server that they agree by, and the network between them.</summary>
/// <param name="world">The world.</param>
/// <param name="server">The server.</param>
/// <param name="times">The times that silos keep.</param>
public sealed class SimulatedCluster(SimulatedWorld world, AgreementServer server, SiloTimes times)
{
    private readonly List<SimulatedSilo> _silos = [];
    private int _started;

    /// <summary>The world.</summary>
    public SimulatedWorld World => world;

    /// <summary>The server that all agree by.</summary>
    public AgreementServer Server => server;

    /// <summary>The network.</summary>
    public SimulatedNetwork Network { get; } = new(world);

    /// <summary>The times that silos keep.</summary>
    public SiloTimes Times => times;

    /// <summary>Silos whose processes live.</summary>
    public IReadOnlyList<SimulatedSilo> Silos => _silos;

    /// <summary>Told what happens to silos.</summary>
    public Action<string>? Told { get; set; }

    /// <summary>Makes a silo; it joins when it is started.</summary>
    /// <param name="activator">Makes its grains, given the clock of its process.</param>
    public SimulatedSilo Add(Func<SimulatedProcess, GrainActivator> activator)
    {
        var process = world.Start($"silo{++_started}");
        var silo = new SimulatedSilo(this, process, activator(process));
        lock (_silos) _silos.Add(silo);
        return silo;
    }

    /// <summary>Takes a silo out whose process is gone: killed, or ended by itself.</summary>
    public void Remove(SimulatedSilo silo)
    {
        if (!silo.Process.IsDead) silo.Process.Kill();
        lock (_silos) _silos.Remove(silo);
        Network.Reset(silo.Process);
    }

    /// <summary>The living silo that a session belongs to.</summary>
    internal SimulatedSilo? Find(string session)
    {
        lock (_silos) return _silos.Find(silo => silo.SiloId == session);
    }

    internal void Log(SimulatedSilo silo, string message) => Told?.Invoke($"{silo.Process.Name} {message}");
}
