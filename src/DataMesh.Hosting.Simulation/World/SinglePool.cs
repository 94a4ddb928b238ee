namespace DataMesh.Hosting.Simulation.World;

/// <summary>
/// Runs a world on the one thread of the thread pool. Whatever library code puts into the pool during a step is done before the next one, in the order in
/// which it was put there: nothing in the process is left to the machine.
/// </summary>
public sealed class SinglePool : IThreadPoolWorkItem
{
    private const int StepsAtOnce = 1000;

    private readonly TaskCompletionSource<bool> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SimulatedWorld _world;
    private readonly Func<bool> _isOver;
    private bool? _outcome;

    private SinglePool(SimulatedWorld world, Func<bool> isOver) => (_world, _isOver) = (world, isOver);

    /// <summary>Gives this process one thread in its pool, from now on; false when it can not be had.</summary>
    public static bool Take()
    {
        ThreadPool.SetMinThreads(1, 1);
        ThreadPool.SetMaxThreads(1, 1);
        ThreadPool.GetMaxThreads(out var workers, out _);
        return workers == 1;
    }

    /// <summary>Runs a world until something is true; false when nothing will happen any more before.</summary>
    public static Task<bool> RunAsync(SimulatedWorld world, Func<bool> isOver)
    {
        var loop = new SinglePool(world, isOver);
        ThreadPool.UnsafeQueueUserWorkItem(loop, preferLocal: false);
        return loop._ended.Task;
    }

    /// <inheritdoc/>
    public void Execute()
    {
        try
        {
            var thread = _world.TakeThread();
            if (thread.Run(TakeSteps)) _world.Free(thread);
            if (_outcome is { } isOver) _ended.SetResult(isOver);
            else ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        catch (Exception error)
        {
            _ended.SetException(error);
        }
    }

    /// <summary>Takes steps until there is something for the pool to do. The thread may be left standing in one of them; another goes on with the rest then.</summary>
    private void TakeSteps()
    {
        var left = StepsAtOnce;
        do
        {
            if (_isOver()) _outcome = true;
            else if (!_world.Step()) _outcome = false;
        }
        while (_outcome is null && --left > 0 && ThreadPool.PendingWorkItemCount == 0 && !StepThread.Current!.WasParked);
    }
}
