using Orleans.Concurrency;

namespace DataMesh.Hosting.Orleans.Grains;

/// <summary>A grain of DataMesh on Orleans, whatever its kind.</summary>
public interface IDataMeshGrain : IGrainWithStringKey
{
    /// <summary>Has an event handled, and returns when its turn is persisted: what became of it, as the number of a <c>Delivery</c>.</summary>
    [AlwaysInterleave]
    Task<int> HearAsync([Immutable] Envelope envelope);

    /// <summary>Activates it; one that must be running hears before anything else that its last activation went away.</summary>
    [AlwaysInterleave]
    Task WakeAsync();
}

/// <summary>A pipeline: desired state, plan, supervision.</summary>
public interface IPipelineGrain : IDataMeshGrain;

/// <summary>A source's enumerator.</summary>
public interface ISourceGrain : IDataMeshGrain;

/// <summary>The coordinator of a pipeline's tasks.</summary>
public interface IStageGrain : IDataMeshGrain;

/// <summary>One of several tasks that read side by side.</summary>
public interface IInstanceGrain : IDataMeshGrain;

/// <summary>The only committer of a table.</summary>
public interface IDatasetGrain : IDataMeshGrain;

/// <summary>Where a group of grains lives: they are activated beside it, under its fencing token.</summary>
public interface IGroupGrain : IGrainWithStringKey
{
    /// <summary>The silo it is active on, activated if need be.</summary>
    [AlwaysInterleave]
    Task<SiloAddress> WhereAsync();

    /// <summary>Notes whether a grain must be running.</summary>
    [AlwaysInterleave]
    Task KeepAsync(string grain, bool keeps);

    /// <summary>Forgets the group with its grains; false, and nothing is forgotten, when one of them must be running.</summary>
    [AlwaysInterleave]
    Task<bool> ForgetAsync();
}
