using DataMesh.Core.Components;
using DataMesh.Hosting.Simulation.Faults;

namespace DataMesh.Hosting.Simulation.Trials;

/// <summary>How a trial goes.</summary>
/// <param name="Catalog">The components that pipelines are made of.</param>
/// <param name="Seed">What everything follows from.</param>
public sealed record TrialOptions(ComponentCatalog Catalog, int Seed)
{
    /// <summary>Silos at the beginning.</summary>
    public int Silos { get; init; } = 3;

    /// <summary>The faults.</summary>
    public FaultMix Mix { get; init; } = FaultMix.None;

    /// <summary>Told what happens, line by line.</summary>
    public Action<string>? Told { get; init; }

    /// <summary>Whether it is told of every step of the commit protocol too.</summary>
    public bool TellsSteps { get; init; }

    /// <summary>Whether silos look at fencing tokens. Only tests take that away.</summary>
    internal bool Fences { get; init; } = true;
}

/// <summary>What came of a trial.</summary>
/// <param name="Contents">What the targets hold.</param>
/// <param name="Violations">What should not be; empty when everything held.</param>
/// <param name="Trace">Hash over everything that happened.</param>
/// <param name="Steps">Steps of the simulated world.</param>
/// <param name="Time">Time that passed there.</param>
/// <param name="Faults">Faults that there were.</param>
/// <param name="Reached">How often each step of the commit protocol was reached.</param>
/// <param name="Struck">How often a silo was killed or frozen at each.</param>
public sealed record TrialOutcome(
    TrialContents Contents, IReadOnlyList<string> Violations, string Trace, long Steps, TimeSpan Time, int Faults, IReadOnlyDictionary<string, int> Reached,
    IReadOnlyDictionary<string, int> Struck);
