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

    [Fact]
    public async Task Whoever_is_the_first_to_see_that_Redis_forgot_goes_on()
    {
        // So much time passes between two renewals that a turn comes first.
        await using var silo = await TestSilo.StartAsync(_redis, with: options => options with { SessionTime = TimeSpan.FromMinutes(4) });
        var grain = CounterMachine.Id("p");
        await CallAsync(1);
        var length = new FileInfo(_redis.AppendOnlyFile).Length;
        await CallAsync(2);
        _redis.Kill();
        _redis.CutWithinTheCommandAt(length);
        _redis.Start();
        await CallAsync(3);
        Assert.Contains("\"Heard\":[1,2,3]", (await silo.Host.States.ReadAsync(grain, default))!.Json, StringComparison.Ordinal);

        Task CallAsync(long count) => silo.Host.CallAsync(grain, new SplitsRead(count), Patience, default);
    }

    public void Dispose() => _redis.Dispose();
}
