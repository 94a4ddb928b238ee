namespace DataMesh.Hosting.Simulation.World;

/// <summary>
/// A thread that takes steps for the world and can be left standing in the middle of one. Only one of the world and its threads runs at a time: they hand
/// each other the turn.
/// </summary>
internal sealed class StepThread
{
    private static readonly TimeSpan BlockedAfter = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _go = new(0);
    private readonly SemaphoreSlim _back = new(0);
    private Action? _step;
    private Exception? _error;
    private bool _isParked;

    public StepThread() => new Thread(Loop, maxStackSize: 1 << 20) { IsBackground = true, Name = "simulated step" }.Start();

    /// <summary>The thread that runs here, if it is one.</summary>
    [field: ThreadStatic]
    public static StepThread? Current { get; private set; }

    /// <summary>Whether the thread has been left standing since it began with its steps: then whoever resumed it waits for it.</summary>
    public bool WasParked { get; private set; }

    /// <summary>Takes steps; false when it was left standing in one.</summary>
    public bool Run(Action steps)
    {
        (_step, WasParked) = (steps, false);
        return Resume();
    }

    /// <summary>Lets a step that stands go on; false when it stands again.</summary>
    public bool Resume()
    {
        _isParked = false;
        _go.Release();
        if (!_back.Wait(BlockedAfter)) throw new InvalidOperationException("A step does not end: it waits with its thread for what only the thread pool does.");
        if (_error is { } error) throw new InvalidOperationException("A step failed.", error);
        return !_isParked;
    }

    /// <summary>Leaves the thread standing until it is resumed: for ever, when it never is.</summary>
    public void Park()
    {
        (_isParked, WasParked) = (true, true);
        _back.Release();
        _go.Wait();
    }

    /// <summary>Ends a thread that stands between two steps.</summary>
    public void End()
    {
        _step = null;
        _go.Release();
    }

    private void Loop()
    {
        Current = this;
        while (true)
        {
            _go.Wait();
            if (_step is not { } step) return;
            try
            {
                step();
            }
            catch (Exception error)
            {
                _error = error;
            }

            _step = null;
            _back.Release();
        }
    }
}
