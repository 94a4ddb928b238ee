namespace DataMesh.Hosting.Simulation.World;

/// <summary>
/// A process of the simulated world: what runs in it, its clock, and whether it lives. One that is dead runs nothing any more, wherever its tasks were; one that
/// is frozen runs nothing until it is thawed, and then goes on as if nothing had been.
/// </summary>
public sealed class SimulatedProcess
{
    private readonly List<SimulatedStep> _ready = [];
    private readonly SimulatedScheduler _scheduler;
    private int _frozen;
    private StepThread? _standing;

    internal SimulatedProcess(SimulatedWorld world, string name, int number)
    {
        (World, Name, Number) = (world, name, number);
        _scheduler = new SimulatedScheduler(this);
        Clock = new SimulatedClock(this);
    }

    /// <summary>The world.</summary>
    public SimulatedWorld World { get; }

    /// <summary>Its name, for people.</summary>
    public string Name { get; }

    /// <summary>Its number in the world.</summary>
    public int Number { get; }

    /// <summary>Where its tasks run.</summary>
    public TaskScheduler Scheduler => _scheduler;

    /// <summary>Its clock: steady time is the world's, wall time may be off.</summary>
    public SimulatedClock Clock { get; }

    /// <summary>Whether it has been killed.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Whether it is frozen.</summary>
    public bool IsFrozen => _frozen > 0;

    /// <summary>
    /// Told of every named point that code of this process comes to, in the middle of a step; says what becomes of the process there.
    /// </summary>
    public Func<string, PointFate>? AtPoint { get; set; }

    /// <summary>The process whose step is being taken by this thread.</summary>
    [field: ThreadStatic]
    public static SimulatedProcess? Current { get; private set; }

    /// <summary>How many steps it could take now. While one stands in the middle, there is no other: it may hold locks.</summary>
    internal int Choices => IsDead || _frozen > 0 ? 0 : _standing is not null ? 1 : _ready.Count;

    /// <summary>Runs something in the process.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> what) => Task.Factory.StartNew(what, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler).Unwrap();

    /// <summary>Runs something in the process.</summary>
    public Task RunAsync(Func<Task> what) => Task.Factory.StartNew(what, CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler).Unwrap();

    /// <summary>Ends it as SIGKILL does: nothing of it runs any more, nothing is told or cleaned up.</summary>
    public void Kill()
    {
        lock (World.Gate)
        {
            IsDead = true;
            _ready.Clear();
        }

        World.Forget(this);
    }

    /// <summary>Stops it where it stands.</summary>
    public void Freeze() => _frozen++;

    /// <summary>Lets it go on.</summary>
    public void Thaw()
    {
        _frozen--;
        World.Wake();
    }

    /// <summary>Called by code that has come to a named point.</summary>
    internal void Come(string point)
    {
        if (AtPoint is not { } judge || StepThread.Current is not { } thread) return;
        switch (judge(point))
        {
            case PointFate.GoOn: return;
            case PointFate.Freeze:
                Freeze();
                break;
            case PointFate.Die:
                Kill();
                break;
        }

        _standing = thread;
        thread.Park();
        Current = this;
    }

    internal void Add(SimulatedStep step)
    {
        lock (World.Gate)
        {
            if (!IsDead) _ready.Add(step);
        }

        if (World.IsPaced) World.Wake();
    }

    internal SimulatedStep Take(int at)
    {
        if (_standing is { } thread)
        {
            _standing = null;
            return new SimulatedStep(thread);
        }

        var step = _ready[at];
        _ready[at] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        return step;
    }

    internal void Run(SimulatedStep step)
    {
        if (step.Parked is not { } parked) Perform(step);
        else if (parked.Resume()) World.Free(parked);
    }

    private void Perform(SimulatedStep step)
    {
        Current = this;
        try
        {
            if (step.Task is { } task) _scheduler.Perform(task);
            else step.Action!();
        }
        finally
        {
            Current = null;
        }
    }
}

/// <summary>What becomes of a process at a named point.</summary>
public enum PointFate
{
    /// <summary>Nothing.</summary>
    GoOn,
    /// <summary>It is frozen in the middle of the step; somebody has to thaw it.</summary>
    Freeze,
    /// <summary>It is killed in the middle of the step.</summary>
    Die,
}
