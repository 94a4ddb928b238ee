namespace DataMesh.Hosting.Simulation.World;

/// <summary>
/// Runs a world on the one thread of the thread pool. Whatever library code puts into the pool during a step is done before the next one, in the order in
/// which it was put there: nothing in the process is left to the machine.
/// </summary>
public sealed class SinglePool : IThreadPoolWorkItem
{
    /// <summary>The variable by which a process gets one thread in its pool.</summary>
    public const string Variable = "DOTNET_ThreadPool_ForceMaxWorkerThreads";

    private const int StepsAtOnce = 1000;

    private readonly TaskCompletionSource<bool> _ended = new();
    private readonly SimulatedWorld _world;
    private readonly Func<bool> _isOver;
    private bool? _outcome;

    private SinglePool(SimulatedWorld world, Func<bool> isOver) => (_world, _isOver) = (world, isOver);

    /// <summary>Whether this process has it.</summary>
    public static bool IsGiven
    {
        get
        {
            ThreadPool.GetMaxThreads(out var workers, out _);
            return workers == 1;
        }
    }

    /// <summary>Runs a world until something is true; false when nothing will happen any more before.</summary>
    public static bool Run(SimulatedWorld world, Func<bool> isOver)
    {
        var loop = new SinglePool(world, isOver);
        ThreadPool.UnsafeQueueUserWorkItem(loop, preferLocal: false);
        return loop._ended.Task.GetAwaiter().GetResult();
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
