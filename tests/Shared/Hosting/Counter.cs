using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Sources;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Tests.Hosting;

/// <summary>
/// The state of a grain that hosts are tested with. It is told <see cref="SplitsRead"/>: a count below <see cref="CounterMachine.Special"/> is noted, the others
/// are commands.
/// </summary>
public sealed record CounterState(long Sum, IReadOnlyList<long> Heard, bool Keeps, int Resumed);

/// <summary>Waits until the test lets it go, or for a time by the host's clock; ends in a <see cref="SplitsRead"/>.</summary>
public sealed record Wait(TimeSpan Time, long Then) : Work;

/// <summary>A machine that notes what it hears.</summary>
public sealed class CounterMachine : IGrainMachine<CounterState>
{
    public const long Special = 1_000_000;
    public const long Keep = Special + 1;
    public const long LetGo = Special + 2;
    public const long Timer = Special + 3;
    public const long Block = Special + 4;
    public const long Cancel = Special + 5;
    public const long Resumed = Special + 6;
    public const long TellAll = Special + 7;
    public const long Add = Special + 8;

    public static GrainId Id(string key) => new(GrainKind.Source, $"{key}/counter");

    public CounterState Initial => new(0, [], false, 0);

    public Step<CounterState> On(GrainId self, CounterState state, GrainEvent happened) => happened is not SplitsRead { Count: var count, Epoch: var detail } ? new(state) : count switch
    {
        Keep => new(state with { Keeps = true }),
        LetGo => new(state with { Keeps = false }),
        Timer => new(state, new Wait(TimeSpan.FromMilliseconds(detail), 7)),
        Block => new(state, new Wait(Timeout.InfiniteTimeSpan, 9)),
        Cancel => new(state, new CancelWork(), new Wait(TimeSpan.Zero, 8)),
        TellAll => new(state, [.. Enumerable.Range(0, (int)detail).Select(number => new Send(Id("told"), new SplitsRead(number)))]),
        Add => new(state with { Sum = state.Sum + detail }),
        _ => new(state with { Sum = state.Sum + count, Heard = [.. state.Heard.TakeLast(499), count] }),
    };

    public bool KeepsRunning(CounterState state) => state.Keeps;

    public Step<CounterState> Resume(GrainId self, CounterState state, long fence) => new(state with { Resumed = state.Resumed + 1 });
}

/// <summary>Makes counters; sees whether two turns or two activations of one grain ever overlap.</summary>
public sealed class CounterActivator(CounterWorker worker) : GrainActivator(worker)
{
    public override bool Knows(GrainId id) => id.Kind == GrainKind.Source;

    public override IGrainShell Activate(GrainActivation activation) => new GrainShell<CounterState>(
        activation, new WatchedMachine(activation.Id, worker), () => CounterJson.Default.CounterState, CounterJson.Default.CounterState, worker);

    private sealed class WatchedMachine(GrainId id, CounterWorker worker) : IGrainMachine<CounterState>
    {
        private readonly CounterMachine _machine = new();

        public CounterState Initial => _machine.Initial;

        public Step<CounterState> On(GrainId self, CounterState state, GrainEvent happened)
        {
            if (!worker.Turns.TryAdd(id, true)) worker.Overlaps.Add(id);
            Thread.Yield();
            var step = _machine.On(self, state, happened);
            worker.Turns.TryRemove(id, out _);
            return step;
        }

        public bool KeepsRunning(CounterState state) => _machine.KeepsRunning(state);

        public Step<CounterState> Resume(GrainId self, CounterState state, long fence)
        {
            worker.Resumed?.Invoke(self);
            return _machine.Resume(self, state, fence);
        }
    }
}

/// <summary>Does the counters' work.</summary>
public sealed class CounterWorker : IGrainWorker
{
    public ConcurrentDictionary<GrainId, bool> Turns { get; } = new();

    public ConcurrentBag<GrainId> Overlaps { get; } = [];

    /// <summary>Told of grains that resume.</summary>
    public Action<GrainId>? Resumed { get; init; }

    /// <summary>Groups that were brought to a barrier.</summary>
    public ConcurrentQueue<string> Drained { get; } = new();

    public async Task<GrainEvent?> DoAsync(GrainId self, Work work, long fence, CancellationToken cancellation)
    {
        var wait = (Wait)work;
        await Task.Delay(wait.Time, cancellation);
        return new SplitsRead(wait.Then);
    }

    public Task DrainAsync(string group, CancellationToken cancellation)
    {
        Drained.Enqueue(group);
        return Task.CompletedTask;
    }
}

[JsonSerializable(typeof(CounterState))]
public sealed partial class CounterJson : JsonSerializerContext;
