namespace DataMesh.Hosting.Simulation.World;

/// <summary>
/// The world that simulated processes run in: one thing happens at a time, in an order drawn from a seed, and time is what the world says.
/// <para>
/// A step is one task of one process, or one of its timers that is due. Every step takes a little time, also drawn from the seed; when nothing can run, time
/// jumps to the next timer. What leaves a process' scheduler (library code that goes on in the thread pool) is run between two steps: with one thread
/// in the pool, see <see cref="SinglePool"/>, it all has one order.
/// </para>
/// </summary>
public sealed class SimulatedWorld
{
    private const int StepMicrosMax = 60;

    private readonly Lock _gate = new();
    private readonly List<SimulatedProcess> _processes = [];
    private readonly PriorityQueue<SimulatedTimer, (long Due, long Number)> _timers = new();
    private readonly Stack<StepThread> _free = new();
    private readonly ManualResetEventSlim _woken = new();
    private readonly bool _isPaced;
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private long _now;
    private long _timerNumber;

    /// <summary>A world at its beginning.</summary>
    /// <param name="seed">What everything in it follows from.</param>
    /// <param name="isPaced">Whether its time passes like that of the machine; for tests that wait for it.</param>
    public SimulatedWorld(int seed, bool isPaced = false) => (Random, _isPaced) = (new Random(seed), isPaced);

    /// <summary>Where time begins: before any file of the machine was written, so that none of them counts as old.</summary>
    public static DateTimeOffset Beginning { get; } = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Everything that is left to chance.</summary>
    public Random Random { get; }

    /// <summary>Time since the beginning.</summary>
    public TimeSpan Now => new(Ticks);

    /// <summary>Steps taken.</summary>
    public long Steps { get; private set; }

    /// <summary>What happened, in short: two runs that differ in anything differ in it.</summary>
    public TraceHash Trace { get; } = new();

    /// <summary>Called after every step.</summary>
    public Action? AfterStep { get; set; }

    internal long Ticks => _isPaced ? TimeProvider.System.GetElapsedTime(_started).Ticks : _now;

    /// <summary>Adds a process.</summary>
    public SimulatedProcess Start(string name)
    {
        lock (_gate)
        {
            var process = new SimulatedProcess(this, name, _processes.Count);
            _processes.Add(process);
            return process;
        }
    }

    /// <summary>Takes one step; false when nothing will ever happen again.</summary>
    public bool Step()
    {
        if (!_isPaced) _now += Random.Next(1, StepMicrosMax) * TimeSpan.TicksPerMicrosecond;
        Ring();
        if (Draw() is var (process, step))
        {
            Steps++;
            Trace.Add(process.Number, Ticks);
            process.Run(step);
            AfterStep?.Invoke();
            return true;
        }

        return _isPaced ? Await() : Jump();
    }

    /// <summary>Takes steps on a thread of its own, for a paced world, until it is told to stop.</summary>
    public void Run(CancellationToken stop)
    {
        using var woken = stop.Register(Wake);
        while (!stop.IsCancellationRequested) Step();
    }

    /// <summary>Ends all processes, and the threads that stand between two steps.</summary>
    public void End()
    {
        while (_free.TryPop(out var thread)) thread.End();
        foreach (var process in _processes.ToList()) process.Kill();
    }

    /// <summary>A thread to take steps on.</summary>
    internal StepThread TakeThread() => _free.TryPop(out var thread) ? thread : new StepThread();

    /// <summary>Gives a thread back that does not stand in the middle of a step.</summary>
    internal void Free(StepThread thread) => _free.Push(thread);

    internal bool IsPaced => _isPaced;

    internal Lock Gate => _gate;

    internal void Wake() => _woken.Set();

    internal long Plan(SimulatedTimer timer, long due)
    {
        lock (_gate)
        {
            var number = _timerNumber++;
            _timers.Enqueue(timer, (due, number));
            if (_isPaced) Wake();
            return number;
        }
    }

    internal void Forget(SimulatedProcess process)
    {
        lock (_gate) _processes.Remove(process);
    }

    /// <summary>Timers that are due become steps of their processes.</summary>
    private void Ring()
    {
        lock (_gate)
        {
            while (_timers.TryPeek(out _, out var next) && next.Due <= Ticks) _timers.Dequeue().Ring(next.Number);
        }
    }

    private (SimulatedProcess Process, SimulatedStep Step)? Draw()
    {
        lock (_gate)
        {
            var choices = _processes.Sum(process => process.Choices);
            if (choices == 0)
            {
                _woken.Reset();
                return null;
            }

            var drawn = Random.Next(choices);
            foreach (var process in _processes)
            {
                if (drawn < process.Choices) return (process, process.Take(drawn));
                drawn -= process.Choices;
            }

            throw new InvalidOperationException("Nothing was drawn.");
        }
    }

    private bool Jump()
    {
        lock (_gate)
        {
            if (!_timers.TryPeek(out _, out var next)) return false;
            _now = Math.Max(_now, next.Due);
            return true;
        }
    }

    private bool Await()
    {
        long due;
        lock (_gate) due = _timers.TryPeek(out _, out var next) ? next.Due - Ticks : TimeSpan.TicksPerSecond;
        if (due > 0) _woken.Wait(TimeSpan.FromTicks(Math.Min(due, TimeSpan.TicksPerSecond)));
        return true;
    }
}
