namespace DataMesh.Client.Contract;

/// <summary>A pipeline as a silo knows it: what is wanted of it, and where it stands.</summary>
public sealed record PipelineStatus
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What is wanted: <c>running</c>, <c>paused</c> or <c>stopped</c>.</summary>
    public required string Desired { get; init; }

    /// <summary>
    /// Where it stands: <c>idle</c>, <c>recovering</c>, <c>listing</c>, <c>running</c>, <c>pausing</c> (waits to try again), <c>waiting</c> (for its trigger),
    /// <c>done</c>, <c>nothing_new</c>, <c>stopped</c>, <c>paused</c>, <c>failed</c>.
    /// </summary>
    public required string Phase { get; init; }

    /// <summary>Whether it was told to come to a barrier and has not come there yet.</summary>
    public bool IsStopping { get; init; }

    /// <summary>Number of the submitted version that it runs, or ran last.</summary>
    public long Version { get; init; }

    /// <summary>Newest submitted version.</summary>
    public long NewestVersion { get; init; }

    /// <summary>Hash of the text of the version that it runs.</summary>
    public string TextHash { get; init; } = "";

    /// <summary>The run that it is in, or was in last.</summary>
    public string RunId { get; init; } = "";

    /// <summary>When the newest version was submitted.</summary>
    public DateTimeOffset? SubmittedAt { get; init; }

    /// <summary>When the run began, in this silo or, after a failover, again.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Where relative paths start.</summary>
    public string Folder { get; init; } = "";

    /// <summary>When it looks for input: <c>once</c>, <c>every 5m</c> …; empty when unknown.</summary>
    public string Trigger { get; init; } = "";

    /// <summary>Tasks that it may be divided into.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>The epoch being read; -1 when none is.</summary>
    public long Epoch { get; init; } = -1;

    /// <summary>Epochs committed since it was first submitted.</summary>
    public long EpochsCommitted { get; init; }

    /// <summary>Failures since an epoch was last committed.</summary>
    public int Restarts { get; init; }

    /// <summary>Splits that were found and are not read yet.</summary>
    public long BacklogSplits { get; init; }

    /// <summary>Bytes in them; -1 when unknown.</summary>
    public long BacklogBytes { get; init; } = -1;

    /// <summary>What the run has done so far, or what the last run had done at its end.</summary>
    public RunCounts Counts { get; init; } = new();

    /// <summary>Where its tasks run; empty when none does.</summary>
    public IReadOnlyList<TaskStatus> Tasks { get; init; } = [];

    /// <summary>The last failure, or null.</summary>
    public string? Error { get; init; }
}

/// <summary>What a run has done.</summary>
public sealed record RunCounts
{
    /// <summary>Source bytes read.</summary>
    public long BytesRead { get; init; }

    /// <summary>Records found in the sources.</summary>
    public long RowsRead { get; init; }

    /// <summary>Rows that reached datasets and sinks.</summary>
    public long RowsWritten { get; init; }

    /// <summary>Records set aside.</summary>
    public long Quarantined { get; init; }

    /// <summary>Rows read in a second, over the last moments.</summary>
    public double RowsPerSecond { get; init; }

    /// <summary>Bytes read in a second, over the last moments.</summary>
    public double BytesPerSecond { get; init; }

    /// <summary>Memory held by blocks and batches in flight.</summary>
    public long BytesInFlight { get; init; }

    /// <summary>The ledger's lines, in the order of the pipeline.</summary>
    public IReadOnlyList<StageStatus> Stages { get; init; } = [];
}

/// <summary>The ledger's line of a source, stage or sink.</summary>
public sealed record StageStatus(string Id, string Type, long In, long Created, long Out, long Filtered, long Quarantined, long Deduplicated, long Absorbed);

/// <summary>A task and where it runs.</summary>
/// <param name="Id">Which one: <c>pipeline/task/0</c>; the pipeline itself while it waits.</param>
/// <param name="Silo">The silo that has it.</param>
/// <param name="Doing">What it does: <c>recover</c>, <c>run_epoch</c>, <c>await_trigger</c> …</param>
public sealed record TaskStatus(string Id, string Silo, string Doing);

/// <summary>A page of pipelines in the order of their names.</summary>
/// <param name="Pipelines">The pipelines.</param>
/// <param name="Next">Where the next page begins; null at the end.</param>
public sealed record PipelineList(IReadOnlyList<PipelineStatus> Pipelines, string? Next);
