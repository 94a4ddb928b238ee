using DataMesh.Hosting.Simulation.World;

namespace DataMesh.Hosting.Simulation.Silos;

/// <summary>A request or its answer was lost, or the other side went away.</summary>
public sealed class NetworkTrouble(string message) : Exception(message);

/// <summary>
/// What processes of a world reach each other by: requests with answers, either of which takes its time, may be lost, or may be handled twice. Requests overtake
/// each other; who needs an order sends the next one after the answer.
/// </summary>
public sealed class SimulatedNetwork(SimulatedWorld world)
{
    private static readonly TimeSpan NoticedAfter = TimeSpan.FromMilliseconds(400);

    private readonly SimulatedProcess _wire = world.Start("network");
    private readonly HashSet<(SimulatedProcess, SimulatedProcess?)> _cut = [];
    private readonly List<(SimulatedProcess To, Action Reset)> _open = [];

    /// <summary>The longest time that one way takes; 0 takes none.</summary>
    public TimeSpan DelayMax { get; set; }

    /// <summary>Share of ways on which something is lost.</summary>
    public double Loss { get; set; }

    /// <summary>Share of requests that are handled twice.</summary>
    public double Doubling { get; set; }

    /// <summary>Cuts two processes off from each other; null stands for the server that all agree by.</summary>
    public void Cut(SimulatedProcess one, SimulatedProcess? other) => _cut.Add((one, other));

    /// <summary>Mends it.</summary>
    public void Mend(SimulatedProcess one, SimulatedProcess? other) => _cut.Remove((one, other));

    /// <summary>Whoever waits for an answer of a process that was killed hears that the connection is gone.</summary>
    public void Reset(SimulatedProcess killed)
    {
        foreach (var (_, reset) in _open.Where(each => each.To == killed).ToList()) reset();
    }

    /// <summary>Sends a request and returns the answer. Throws <see cref="NetworkTrouble"/> when there is none: it may have been handled all the same.</summary>
    /// <param name="from">Who asks.</param>
    /// <param name="to">Who is asked; null for the server.</param>
    /// <param name="handle">What the other side does.</param>
    /// <param name="mayDouble">Whether it may be handled twice, as one that is sent again.</param>
    /// <param name="cancellation">Waits no longer.</param>
    public async Task<T> AskAsync<T>(SimulatedProcess from, SimulatedProcess? to, Func<Task<T>> handle, bool mayDouble, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var open = (To: to!, Reset: (Action)(() => answer.TrySetException(new NetworkTrouble("The connection is gone."))));
        if (to is not null) lock (_open) _open.Add(open);
        try
        {
            Pass(from, to, () => Handle(from, to, handle, answer, mayDouble), () => answer.TrySetException(new NetworkTrouble("There was no answer.")), mayDouble || to is null);
            if (mayDouble && Doubling > 0 && world.Random.NextDouble() < Doubling) Pass(from, to, () => Handle(from, to, handle, null, mayDouble), () => { }, mayLose: true);
            return await answer.Task.WaitAsync(cancellation);
        }
        finally
        {
            if (to is not null) lock (_open) _open.Remove(open);
        }
    }

    /// <summary>Sends a request to the server.</summary>
    public Task<T> AskServerAsync<T>(SimulatedProcess from, Func<T> handle, CancellationToken cancellation) => AskAsync(
        from, null,
        () =>
        {
            try
            {
                return Task.FromResult(handle());
            }
            catch (Exception error)
            {
                return Task.FromException<T>(error);
            }
        },
        mayDouble: false, cancellation);

    private void Handle<T>(SimulatedProcess from, SimulatedProcess? to, Func<Task<T>> handle, TaskCompletionSource<T>? answer, bool mayLose)
    {
        if (to is { IsDead: true })
        {
            answer?.TrySetException(new NetworkTrouble("Nobody listens there."));
            return;
        }

        var handled = to is null ? handle() : to.RunAsync(handle);
        handled.ContinueWith(
            ended =>
            {
                _ = ended.Exception;
                if (answer is not null) Pass(from, to, () => Answer(ended, answer), () => answer.TrySetException(new NetworkTrouble("There was no answer.")), mayLose || to is null);
            },
            CancellationToken.None, TaskContinuationOptions.DenyChildAttach, _wire.Scheduler);
    }

    private static void Answer<T>(Task<T> handled, TaskCompletionSource<T> answer)
    {
        if (handled.IsCompletedSuccessfully) answer.TrySetResult(handled.Result);
        else answer.TrySetException(handled.Exception?.InnerException ?? new NetworkTrouble("The other side gave up."));
    }

    /// <summary>What may not get lost is sent again by the connection: it is late.</summary>
    private void Pass(SimulatedProcess from, SimulatedProcess? to, Action arrive, Action lose, bool mayLose)
    {
        var isLost = Loss > 0 && world.Random.NextDouble() < Loss;
        if (IsCut(from, to) || (isLost && mayLose)) _ = new SimulatedTimer(_wire, lose, NoticedAfter);
        else if (isLost) _ = new SimulatedTimer(_wire, arrive, NoticedAfter);
        else if (DelayMax <= TimeSpan.Zero) _wire.Add(new SimulatedStep(arrive));
        else _ = new SimulatedTimer(_wire, arrive, Draw());
    }

    /// <summary>Most ways are short, some are as long as may be.</summary>
    private TimeSpan Draw() => DelayMax * Math.Pow(world.Random.NextDouble(), 3);

    private bool IsCut(SimulatedProcess one, SimulatedProcess? other) => _cut.Contains((one, other)) || (other is not null && _cut.Contains((other, one)));
}
