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
    private StepThread? _thread;

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
    /// Told of every named point that code of this process comes to, in the middle of a step. When there is one, steps run on a thread that can be left standing
    /// there. The process may be killed or frozen by it.
    /// </summary>
    public Func<string, PointFate>? AtPoint { get; set; }

    /// <summary>The process whose step is being taken by this thread.</summary>
    [field: ThreadStatic]
    public static SimulatedProcess? Current { get; private set; }

    internal bool CanRun => !IsDead && _frozen == 0;

    internal IReadOnlyList<SimulatedStep> Ready => _ready;

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
            case PointFate.Wait wait:
                _ = new SimulatedTimer(this, () => Add(new SimulatedStep(thread)), wait.Time);
                break;
            case PointFate.Freeze:
                Freeze();
                Add(new SimulatedStep(thread));
                break;
            case PointFate.Die:
                Kill();
                break;
        }

        _thread = null;
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
        var step = _ready[at];
        _ready[at] = _ready[^1];
        _ready.RemoveAt(_ready.Count - 1);
        return step;
    }

    internal void Run(SimulatedStep step)
    {
        if (step.Parked is { } parked)
        {
            if (parked.Resume()) _thread ??= parked;
        }
        else if (AtPoint is null)
        {
            Perform(step);
        }
        else
        {
            var thread = _thread ?? new StepThread();
            _thread = null;
            if (thread.Run(() => Perform(step)) && !IsDead) _thread ??= thread;
        }
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
public abstract record PointFate
{
    /// <summary>Nothing.</summary>
    public sealed record GoOn : PointFate
    {
        /// <summary>The only one.</summary>
        public static GoOn Instance { get; } = new();
    }

    /// <summary>The step stands for a while, as on a slow disk; the rest of the process goes on.</summary>
    public sealed record Wait(TimeSpan Time) : PointFate;

    /// <summary>The process is frozen in the middle of the step.</summary>
    public sealed record Freeze : PointFate;

    /// <summary>The process is killed in the middle of the step.</summary>
    public sealed record Die : PointFate;
}
