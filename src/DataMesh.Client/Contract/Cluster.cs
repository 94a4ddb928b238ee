namespace DataMesh.Client.Contract;

/// <summary>The silos that work together.</summary>
/// <param name="Name">The cluster's name; <c>embedded</c> for a silo by itself.</param>
/// <param name="Silos">Its members.</param>
public sealed record ClusterStatus(string Name, IReadOnlyList<SiloStatus> Silos)
{
    /// <summary>The leases, only when asked for.</summary>
    public IReadOnlyList<LeaseStatus> Leases { get; init; } = [];
}

/// <summary>A lease on a group of grains that live on one silo.</summary>
/// <param name="Group">The group: a pipeline with its sources and first task, a further task, a dataset.</param>
/// <param name="Silo">Who holds it; null for one that waits for adoption.</param>
/// <param name="Fence">Its fencing token.</param>
/// <param name="KeepsRunning">Whether some grain of the group must be running.</param>
public sealed record LeaseStatus(string Group, string? Silo, long Fence, bool KeepsRunning);

/// <summary>A silo.</summary>
public sealed record SiloStatus
{
    /// <summary>Its identity.</summary>
    public required string Id { get; init; }

    /// <summary>Where it answers.</summary>
    public required string Address { get; init; }

    /// <summary><c>active</c>, <c>leaving</c> or <c>unreachable</c>.</summary>
    public string State { get; init; } = "active";

    /// <summary>When it started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Version of the program.</summary>
    public string Version { get; init; } = "";

    /// <summary>Grains active in it.</summary>
    public int GrainsActive { get; init; }

    /// <summary>Groups of grains that it must keep running: its load.</summary>
    public int GroupsRunning { get; init; }

    /// <summary>Runs in it.</summary>
    public int Runs { get; init; }

    /// <summary>Bytes of blocks and batches in flight.</summary>
    public long BytesInFlight { get; init; }

    /// <summary>Bytes that may be in flight before it pushes back.</summary>
    public long BytesBudget { get; init; }

    /// <summary>Memory of the process.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>CPU time of the process.</summary>
    public double CpuSeconds { get; init; }

    /// <summary>What runs in it.</summary>
    public IReadOnlyList<LiveRun> Live { get; init; } = [];
}

/// <summary>The part of a run that one silo has.</summary>
public sealed record LiveRun
{
    /// <summary>The pipeline.</summary>
    public required string Pipeline { get; init; }

    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>When it began here.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>The epoch being read; -1 when none is.</summary>
    public long Epoch { get; init; } = -1;

    /// <summary>Bytes of splits that were listed and are not read yet; -1 when unknown.</summary>
    public long BacklogBytes { get; init; } = -1;

    /// <summary>What was done here.</summary>
    public RunCounts Counts { get; init; } = new();

    /// <summary>The tasks here.</summary>
    public IReadOnlyList<TaskStatus> Tasks { get; init; } = [];
}
