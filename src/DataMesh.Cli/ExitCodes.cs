namespace DataMesh.Cli;

/// <summary>What the process's exit code says; documented in docs/cli.md, never changed.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>A run or a test failed, or a check of the machine did.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage, or a pipeline file with errors.</summary>
    public const int Invalid = 2;

    /// <summary>Finished, but with records in quarantine, under <c>--strict</c>.</summary>
    public const int Quarantined = 3;

    /// <summary>`ledger`: an epoch does not close.</summary>
    public const int NotClosed = 4;

    /// <summary>`run`: more records would have been set aside than the pipeline file allows.</summary>
    public const int TooManySetAside = 5;

    /// <summary>No silo answers.</summary>
    public const int NoSilo = 6;

    /// <summary>A mistake in DataMesh itself.</summary>
    public const int Bug = 70;

    /// <summary>Stopped by Ctrl-C or a termination signal.</summary>
    public const int Stopped = 130;
}
