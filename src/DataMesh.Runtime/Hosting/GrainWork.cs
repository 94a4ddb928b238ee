using DataMesh.ControlPlane.Grains;
using DataMesh.Core.Errors;

namespace DataMesh.Runtime.Hosting;

/// <summary>
/// The work of one activation. Work belongs to a generation; cancelling ends the generation: its results are not heard, and the next one's work begins
/// when it has ended. Called from turns only, but for <see cref="IsGoingOn"/>.
/// </summary>
internal sealed class GrainWork(GrainId id, IGrainWorker worker, Action<GrainEvent, int> tell, CancellationToken deactivated)
{
    /// <summary>Generation of an event that is no result of work.</summary>
    public const int NoWork = -1;

    private readonly List<Task> _working = [];
    private CancellationTokenSource? _cancelled;
    private Task _before = Task.CompletedTask;
    private int _generation;
    private int _goingOn;

    /// <summary>Whether any work goes on.</summary>
    public bool IsGoingOn => Volatile.Read(ref _goingOn) > 0;

    /// <summary>Whether an event is to be heard.</summary>
    public bool IsCurrent(int generation) => generation is NoWork || generation == _generation;

    /// <summary>Begins work.</summary>
    public void Begin(Work work, long fence)
    {
        _cancelled ??= CancellationTokenSource.CreateLinkedTokenSource(deactivated);
        _working.RemoveAll(task => task.IsCompleted);
        Interlocked.Increment(ref _goingOn);
        _working.Add(DoAsync(work, fence, _before, _generation, _cancelled.Token));
    }

    /// <summary>Ends the generation.</summary>
    public void Cancel()
    {
        _generation++;
        if (_cancelled is not { } cancelled) return;
        _cancelled = null;
        _working.RemoveAll(task => task.IsCompleted);
        _before = _working.Count == 0 ? Task.CompletedTask : Task.WhenAll(_working);
        _ = CancelAsync(cancelled, _before);
    }

    /// <summary>Awaits all work; called when the activation has been cancelled.</summary>
    public async Task EndAsync()
    {
        await Task.WhenAll(_working);
        _cancelled?.Dispose();
    }

    private static async Task CancelAsync(CancellationTokenSource cancelled, Task ended)
    {
        await cancelled.CancelAsync();
        await ended;
        cancelled.Dispose();
    }

    private async Task DoAsync(Work work, long fence, Task before, int generation, CancellationToken cancellation)
    {
        await Task.Yield();
        try
        {
            await before;
            cancellation.ThrowIfCancellationRequested();
            if (await worker.DoAsync(id, work, fence, cancellation) is { } happened) tell(happened, generation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
        catch (Exception error)
        {
            tell(Failure(work.GetType().Name, error), generation);
        }
        finally
        {
            Interlocked.Decrement(ref _goingOn);
        }
    }

    /// <summary>Trouble of the outside world may pass; a wrong pipeline or a bug does not.</summary>
    public static WorkFailed Failure(string what, Exception error)
    {
        var inner = error is AggregateException { InnerException: { } first } ? first : error;
        // A silo that is no member for a moment, or whose neighbour went away, is soon one again.
        if (inner is GrainCallException call) return new WorkFailed(what, call.Message, MayPass: true);
        if ((inner as DataMeshException ?? StorageError.Explain(inner)) is { } known) return new WorkFailed(what, known.Render(), known.MayPass) { PassesSoon = known.PassesSoon };
        return new WorkFailed(
            what, $"{inner.GetType().Name}: {inner.Message}", inner is IOException and not FileNotFoundException and not DirectoryNotFoundException or TimeoutException);
    }
}
