using DataMesh.Hosting.Orleans.Grains;
using DataMesh.Runtime.Hosting;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace DataMesh.Hosting.Orleans.Placement;

/// <summary>Beside its group.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class GroupPlacementAttribute() : PlacementAttribute(new GroupPlacement());

/// <summary>Beside its group.</summary>
[GenerateSerializer, Immutable]
public sealed class GroupPlacement : PlacementStrategy;

/// <summary>Where there is the least to do, or near the asker.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class GroupLeaderPlacementAttribute() : PlacementAttribute(new GroupLeaderPlacement());

/// <summary>Where there is the least to do, or near the asker.</summary>
[GenerateSerializer, Immutable]
public sealed class GroupLeaderPlacement : PlacementStrategy
{
    /// <summary>What whoever moves a group sets in the request's context: the silo that it goes to.</summary>
    internal const string TargetKey = "datamesh.target";
}

/// <summary>Places a grain on the silo of its group.</summary>
internal sealed class GroupPlacementDirector(IGrainFactory grains) : IPlacementDirector
{
    public async Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context) =>
        await grains.GetGrain<IGroupGrain>(GrainGroup.Of(Kinds.Of(target.GrainIdentity))).WhereAsync();
}

/// <summary>Places a group. Orleans' own strategies count activations or draw lots; what weighs here is how many groups must be running.</summary>
internal sealed class GroupLeaderPlacementDirector(OrleansHost host) : IPlacementDirector
{
    public async Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (target.RequestContextData?.GetValueOrDefault(GroupLeaderPlacement.TargetKey) is SiloAddress chosen && silos.Contains(chosen)) return chosen;
        var group = target.GrainIdentity.Key.ToString()!;
        if (GrainGroup.IsNear(group) && !host.IsLeaving && silos.Contains(context.LocalSilo)) return context.LocalSilo;
        return await host.Loads.PlaceAsync(group, silos) ?? throw new SiloUnavailableException("No silo takes anything new.");
    }
}
