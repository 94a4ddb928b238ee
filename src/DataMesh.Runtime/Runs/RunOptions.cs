using DataMesh.DataPlane.Flow;
using DataMesh.Runtime.Quarantine;

namespace DataMesh.Runtime.Runs;

/// <summary>How a run should go; the defaults suit most.</summary>
public sealed record RunOptions
{
    /// <summary>Cores to decode and encode on; 0 takes all.</summary>
    public int Cores { get; init; }

    /// <summary>Identity of the run; null makes a new one.</summary>
    public string? RunId { get; init; }

    /// <summary>The bytes in flight that it shares with the other runs of its silo; null when it is alone.</summary>
    public ByteBudget? Budget { get; init; }

    /// <summary>Folder of the embedded host's grain state; null takes <c>.datamesh</c> beside the pipeline file.</summary>
    public string? StateFolder { get; init; }

    /// <summary>An epoch ends after this many source bytes; null takes what the pipeline file says.</summary>
    public long? EpochBytes { get; init; }

    /// <summary>An epoch ends after this time; null takes what the pipeline file says.</summary>
    public TimeSpan? EpochTime { get; init; }

    /// <summary>Size of the blocks that text is read in: the steps in which an epoch may end.</summary>
    public int BlockBytes { get; init; } = Core.Limits.BlockBytes;

    /// <summary>Tasks that read side by side; null takes what the pipeline file says.</summary>
    public int? Parallelism { get; init; }

    /// <summary>Reads what is there once, whatever the pipeline's trigger says.</summary>
    public bool Once { get; init; }

    /// <summary>
    /// Reads, transforms and encodes everything that is pending, accounts for it, and then lets go of it: nothing is made durable, nothing is committed.
    /// Against a run that commits it shows what exactly-once costs.
    /// </summary>
    public bool DryRun { get; init; }

    /// <summary>Reads everything again and replaces the rows of every target in one commit.</summary>
    public bool Rebuild { get; init; }

    /// <summary>Settles records of the quarantine in one epoch, instead of reading the sources.</summary>
    public SettleRequest? Settle { get; init; }
}
