using System.Collections.Immutable;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Simulation.Agreement;

/// <summary>Everything that silos agree on, at one moment. A moment that is kept is what a server comes back with that forgot what came later.</summary>
public sealed record Agreed
{
    private static readonly IComparer<string> Names = StringComparer.Ordinal;

    /// <summary>Nothing.</summary>
    public static Agreed Nothing { get; } = new();

    /// <summary>Living sessions.</summary>
    public ImmutableSortedDictionary<string, Session> Sessions { get; init; } = ImmutableSortedDictionary.Create<string, Session>(Names);

    /// <summary>Leases by group; one without a holder keeps its token.</summary>
    public ImmutableSortedDictionary<string, Lease> Leases { get; init; } = ImmutableSortedDictionary.Create<string, Lease>(Names);

    /// <summary>Groups that must be running and that nobody holds, with the time since when.</summary>
    public ImmutableSortedDictionary<string, long> Orphans { get; init; } = ImmutableSortedDictionary.Create<string, long>(Names);

    /// <summary>Grain state.</summary>
    public ImmutableSortedDictionary<string, KeptState> States { get; init; } = ImmutableSortedDictionary.Create<string, KeptState>(Names);

    /// <summary>Event streams.</summary>
    public ImmutableSortedDictionary<string, ImmutableList<StreamEntry>> Streams { get; init; } = ImmutableSortedDictionary.Create<string, ImmutableList<StreamEntry>>(Names);

    /// <summary>Submitted pipelines.</summary>
    public ImmutableSortedDictionary<string, ImmutableList<PipelineVersion>> Pipelines { get; init; } =
        ImmutableSortedDictionary.Create<string, ImmutableList<PipelineVersion>>(Names);
}

/// <summary>The session of a silo.</summary>
/// <param name="Beats">Counts its renewals.</param>
/// <param name="Since">When it joined.</param>
/// <param name="Grains">Grains that are active there.</param>
/// <param name="IsLeaving">Whether it takes nothing new.</param>
public sealed record Session(long Beats, DateTimeOffset Since, int Grains, bool IsLeaving);

/// <summary>Who holds a group, with which fencing token.</summary>
/// <param name="Silo">The holder's session; empty when nobody holds it.</param>
/// <param name="Fence">The token.</param>
public sealed record Lease(string Silo, long Fence);

/// <summary>The state of a grain, and the group that it belongs to.</summary>
public sealed record KeptState(StoredState State, string Group);

/// <summary>The server does not answer, or refuses to serve somebody who has no session.</summary>
public sealed class AgreementTrouble(string message) : Exception(message);
