using DataMesh.Core.Columns;
using DataMesh.Core.Storage;
using DataMesh.DataPlane.Stages.Aggregates;

namespace DataMesh.DataPlane.Stages.Windows;

/// <summary>Rows of a batch and the groups that they belong to; a row of sliding windows stands several times.</summary>
internal sealed class Assigned
{
    /// <summary>Row numbers, ascending.</summary>
    public List<int> Rows { get; } = [];

    /// <summary>The group of each of them.</summary>
    public List<int> Groups { get; } = [];

    /// <summary>Rows whose windows have all closed.</summary>
    public List<int> Late { get; } = [];

    /// <summary>Rows that were taken.</summary>
    public int Taken { get; set; }
}

/// <summary>
/// The groups of open windows: one per window and keys. The watermark is the largest event time of all rows before, less the allowed lateness; it moves
/// row by row in source order, so that which rows are late depends on nothing else.
/// </summary>
internal abstract class WindowGroups(WindowPlan plan)
{
    protected WindowPlan Plan { get; } = plan;

    /// <summary>Windows that end here or earlier have closed.</summary>
    public long Watermark { get; protected set; } = long.MinValue;

    /// <summary>What is accumulated per group.</summary>
    public AccumulatorSet States { get; protected set; } = new(plan.Aggregate.Accumulators);

    /// <summary>One above the largest group number.</summary>
    public abstract int Count { get; }

    /// <summary>Memory held, in bytes.</summary>
    public abstract long ByteSize { get; }

    /// <summary>Gives each of some rows of a batch to its groups, in order.</summary>
    public abstract Assigned Assign(ReadOnlySpan<int> rows, ReadOnlySpan<long> times, Column[] keys);

    /// <summary>Called when the states have taken the rows in: groups that became one are put together.</summary>
    public virtual void Settle()
    {
    }

    /// <summary>The groups whose windows have closed, in the order in which they are emitted; all of them when the watermark does not matter.</summary>
    public abstract int[] Closed(bool all);

    /// <summary>Start and end of a group's window.</summary>
    public abstract (long Start, long End) WindowOf(int group);

    /// <summary>A column of one key of groups.</summary>
    public abstract Column BuildKey(int key, ReadOnlySpan<int> groups);

    /// <summary>Forgets groups that have been emitted.</summary>
    public abstract void Remove(ReadOnlySpan<int> groups);

    /// <summary>Lets no window that ends here or earlier open again.</summary>
    public void Close(long end) => Watermark = Math.Max(Watermark, end);

    /// <summary>Writes everything.</summary>
    public abstract void Save(StateWriter writer);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public abstract void Restore(StateReader reader);

    /// <summary>A row of this time has come.</summary>
    protected void Advance(long time) => Watermark = Math.Max(Watermark, time - Plan.Lateness);

    /// <summary>The groups of a plan.</summary>
    public static WindowGroups Of(WindowPlan plan) => plan.Gap > 0 ? new SessionGroups(plan) : new AlignedGroups(plan);
}
