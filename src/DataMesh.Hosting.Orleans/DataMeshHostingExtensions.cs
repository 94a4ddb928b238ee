using DataMesh.Core.Components;
using DataMesh.Hosting.Orleans.Placement;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Silos;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DataMesh.Hosting.Orleans;

/// <summary>Adds DataMesh to an Orleans silo.</summary>
public static class DataMeshHostingExtensions
{
    /// <summary>
    /// Adds DataMesh to a silo that has clustering and reminders: its grains, their placement and what keeps them alive. State is kept in the grain storage
    /// named <c>datamesh</c>, or the default one; pipelines are submitted to the <see cref="ISiloHost"/> of the silo's services.
    /// </summary>
    public static ISiloBuilder UseDataMesh(this ISiloBuilder silo, Action<DataMeshOptions>? configure = null)
    {
        silo.Services.AddDataMesh(configure);
        silo.AddReminders();
        silo.AddGrainService<Membership.SiloService>();
        silo.Services.AddPlacementDirector<GroupPlacement, GroupPlacementDirector>();
        silo.Services.AddPlacementDirector<GroupLeaderPlacement, GroupLeaderPlacementDirector>();
        return silo;
    }

    /// <summary>Adds what carries out the grains' work. What is registered already stays: a worker, an activator or a catalog of one's own.</summary>
    public static IServiceCollection AddDataMesh(this IServiceCollection services, Action<DataMeshOptions>? configure = null)
    {
        services.Configure(configure ?? (_ => { }));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(_ => ComponentCatalog.Scan(typeof(DataPlane.DataPath).Assembly, System.Reflection.Assembly.Load("DataMesh.Connectors")));
        services.TryAddSingleton(provider => new SiloWorker(provider.GetRequiredService<ComponentCatalog>(), new SiloLimits(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IGrainWorker>(provider => provider.GetRequiredService<SiloWorker>());
        services.TryAddSingleton<GrainActivator>();
        services.TryAddSingleton(Host);
        services.TryAddSingleton<ISiloHost>(provider => provider.GetRequiredService<OrleansHost>());
        return services;
    }

    private static OrleansHost Host(IServiceProvider provider)
    {
        var host = ActivatorUtilities.CreateInstance<OrleansHost>(provider);
        if (host.Activator.Worker is SiloWorker worker) worker.Attach(host);
        return host;
    }
}
