using DataMesh.ControlPlane.Grains;

namespace DataMesh.Hosting.Orleans.Grains;

/// <summary>A pipeline.</summary>
[GrainType(Type)]
public sealed class PipelineGrain(OrleansHost host) : DataMeshGrain(host, GrainKind.Pipeline), IPipelineGrain
{
    internal const string Type = "datamesh.pipeline";
}

/// <summary>A source.</summary>
[GrainType(Type)]
public sealed class SourceGrain(OrleansHost host) : DataMeshGrain(host, GrainKind.Source), ISourceGrain
{
    internal const string Type = "datamesh.source";
}

/// <summary>The coordinator of a pipeline's tasks.</summary>
[GrainType(Type)]
public sealed class StageGrain(OrleansHost host) : DataMeshGrain(host, GrainKind.Stage), IStageGrain
{
    internal const string Type = "datamesh.stage";
}

/// <summary>One of several tasks.</summary>
[GrainType(Type)]
public sealed class InstanceGrain(OrleansHost host) : DataMeshGrain(host, GrainKind.Instance), IInstanceGrain
{
    internal const string Type = "datamesh.instance";
}

/// <summary>A dataset.</summary>
[GrainType(Type)]
public sealed class DatasetGrain(OrleansHost host) : DataMeshGrain(host, GrainKind.Dataset), IDatasetGrain
{
    internal const string Type = "datamesh.dataset";
}

/// <summary>The kinds of grains as Orleans knows them.</summary>
internal static class Kinds
{
    private static readonly Dictionary<GrainKind, GrainType> Types = new()
    {
        [GrainKind.Pipeline] = GrainType.Create(PipelineGrain.Type),
        [GrainKind.Source] = GrainType.Create(SourceGrain.Type),
        [GrainKind.Stage] = GrainType.Create(StageGrain.Type),
        [GrainKind.Instance] = GrainType.Create(InstanceGrain.Type),
        [GrainKind.Dataset] = GrainType.Create(DatasetGrain.Type),
    };

    /// <summary>The grain's id in Orleans.</summary>
    public static OrleansId Of(GrainId id) => OrleansId.Create(Types[id.Kind], id.Key);

    /// <summary>The grain with an id of Orleans.</summary>
    public static GrainId Of(OrleansId id) => new(Types.Single(type => type.Value == id.Type).Key, id.Key.ToString()!);

    /// <summary>The grain, to be called.</summary>
    public static IDataMeshGrain Get(IGrainFactory grains, GrainId id) => id.Kind switch
    {
        GrainKind.Pipeline => grains.GetGrain<IPipelineGrain>(id.Key),
        GrainKind.Source => grains.GetGrain<ISourceGrain>(id.Key),
        GrainKind.Stage => grains.GetGrain<IStageGrain>(id.Key),
        GrainKind.Instance => grains.GetGrain<IInstanceGrain>(id.Key),
        _ => grains.GetGrain<IDatasetGrain>(id.Key),
    };
}
