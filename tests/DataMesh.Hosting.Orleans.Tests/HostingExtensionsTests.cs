using DataMesh.ControlPlane.Sources;
using DataMesh.Hosting.Redis.Tests;
using DataMesh.Runtime.Hosting;
using DataMesh.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DataMesh.Hosting.Orleans.Tests;

/// <summary>DataMesh in a silo that somebody has already.</summary>
public sealed class HostingExtensionsTests
{
    [Fact]
    public async Task A_silo_with_storage_and_reminders_takes_DataMesh_in_with_one_line()
    {
        var worker = new CounterWorker();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<GrainActivator>(new CounterActivator(worker));
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(RedisServer.FreePort(), RedisServer.FreePort())
            .AddMemoryGrainStorageAsDefault()
            .UseInMemoryReminderService()
            .UseDataMesh());
        using var app = builder.Build();
        await app.StartAsync();
        var host = app.Services.GetRequiredService<ISiloHost>();
        var id = CounterMachine.Id("one");
        await host.CallAsync(id, new SplitsRead(CounterMachine.Keep), TimeSpan.FromSeconds(30), default);
        await host.CallAsync(id, new SplitsRead(5), TimeSpan.FromSeconds(30), default);
        Assert.Equal(2, (await host.States.ReadAsync(id, default))!.Version);
        Assert.Equal(1, (await host.Pipelines.SubmitAsync("p", "text", "/", "{}", default)).Version);
        Assert.True(Assert.Single(await host.LeasesAsync(default)).KeepsRunning);
        await app.StopAsync();
    }
}
