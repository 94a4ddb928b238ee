using System.Collections.Concurrent;

namespace DataMesh.Runtime.Hosting;

/// <summary>What a host does that nobody waits for until the host ends.</summary>
/// <param name="failed">Told of a failure.</param>
public sealed class BackgroundTasks(Action<Exception> failed)
{
    private readonly ConcurrentDictionary<Task, bool> _tasks = new();

    /// <summary>Keeps a task until it has ended.</summary>
    public void Add(Task task)
    {
        _tasks[task] = true;
        task.ContinueWith(
            ended =>
            {
                _tasks.TryRemove(ended, out _);
                if (ended.Exception?.InnerException is { } error) failed(error);
            },
            TaskScheduler.Default);
    }

    /// <summary>Completes when all have ended, however they did.</summary>
    public async Task EndAsync() => await Task.WhenAll(_tasks.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
