using DataMesh.ControlPlane.Sources;
using DataMesh.Tests.Hosting;

namespace DataMesh.Hosting.Redis.Tests;

/// <summary>How a silo comes by the answers of Redis.</summary>
public sealed class AnswersTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly RedisServer _redis = new();

    [Fact]
    public async Task Whatever_follows_an_answer_keeps_no_other_answer_back()
    {
        await using var silo = await TestSilo.StartAsync(_redis);
        using var goOn = new ManualResetEventSlim();
        var stands = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = Task.Run(StandAsync);
        await stands.Task.WaitAsync(Patience);
        try
        {
            await silo.Host.CallAsync(CounterMachine.Id("p"), new SplitsRead(1), Patience, default);
        }
        finally
        {
            goOn.Set();
        }

        await held;

        async Task StandAsync()
        {
            await silo.Host.LeasesAsync(default);
            stands.SetResult();
            goOn.Wait();
        }
    }

    public void Dispose() => _redis.Dispose();
}
