using System.Threading.Tasks.Dataflow;
using DataMesh.Core;

namespace DataMesh.DataPlane.Flow;

/// <summary>How a data path runs.</summary>
public sealed record PathOptions
{
    /// <summary>Cores to decode and encode on.</summary>
    public int Cores { get; init; } = Environment.ProcessorCount;

    /// <summary>Bytes in flight before reading waits.</summary>
    public long BytesInFlight { get; init; } = Limits.TaskBytesInFlightMax;

    /// <summary>The budget of all tasks of the silo; null without one.</summary>
    public ByteBudget? Whole { get; init; }

    /// <summary>The scheduler of every block.</summary>
    public TaskScheduler Scheduler { get; init; } = TaskScheduler.Default;

    /// <summary>Judges what the rows show; null while nobody asks.</summary>
    public IDriftWatch? Drift { get; init; }

    /// <summary>
    /// Whether the end of the input is the end of a run. If not (records of quarantine that come in between), stages that keep state keep it as it is.
    /// </summary>
    public bool EndsRun { get; init; } = true;

    /// <summary>Stops the run when too many records are set aside; null while nobody asks.</summary>
    public Quarantine.BadWindow? BadWindow { get; init; }

    /// <summary>What several tasks of the pipeline give each other; null where they need nothing of one another, or there is one.</summary>
    public Exchanges.ExchangePlan? Exchange { get; init; }

    /// <summary>Number of the task.</summary>
    public int Task { get; init; }

    /// <summary>Tears the path down; nothing of the epoch stays.</summary>
    public CancellationToken Abort { get; init; }

    /// <summary>A step that works on every core and keeps order; holds <paramref name="capacity"/> items, one more than there are cores by default.</summary>
    internal ExecutionDataflowBlockOptions Parallel(int? capacity = null) => new()
    {
        MaxDegreeOfParallelism = Cores,
        BoundedCapacity = capacity ?? Cores + 1,
        EnsureOrdered = true,
        SingleProducerConstrained = true,
        TaskScheduler = Scheduler,
        CancellationToken = Abort,
    };

    /// <summary>A step that does one thing after the other; holds <paramref name="capacity"/> items.</summary>
    internal ExecutionDataflowBlockOptions Sequential(int capacity = 2) => new()
    {
        MaxDegreeOfParallelism = 1,
        BoundedCapacity = capacity,
        SingleProducerConstrained = true,
        TaskScheduler = Scheduler,
        CancellationToken = Abort,
    };
}
