namespace DataMesh.Runtime.Runs;

/// <summary>How a run should go; the defaults suit most.</summary>
public sealed record RunOptions
{
    /// <summary>Cores to decode and encode on; 0 takes all.</summary>
    public int Cores { get; init; }

    /// <summary>Folder of the embedded host's grain state; null takes <c>.datamesh</c> beside the pipeline file.</summary>
    public string? StateFolder { get; init; }

    /// <summary>An epoch ends after this many source bytes. The epoch that creates a table ends with the input, so that types may still widen.</summary>
    public long EpochBytes { get; init; } = 1L << 30;

    /// <summary>An epoch ends after this time.</summary>
    public TimeSpan EpochTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Reads what is there once, whatever the pipeline's trigger says.</summary>
    public bool Once { get; init; }

    /// <summary>Reads everything again and replaces the rows of every target in one commit.</summary>
    public bool Rebuild { get; init; }
}
