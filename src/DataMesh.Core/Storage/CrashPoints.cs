namespace DataMesh.Core.Storage;

/// <summary>
/// The named steps of the protocols at which <see cref="CrashPoint"/> can kill the process. docs/mechanisms/commit-protocol.md says of each what is on
/// disk then and what recovery does; a test kills the real program at every one.
/// </summary>
public static class CrashPoints
{
    /// <summary>The epoch's input has been read; data files are written, not closed.</summary>
    public const string EpochRead = "epoch.read";

    /// <summary>The data files of one target are closed and durable.</summary>
    public const string StageData = "stage.data";

    /// <summary>The quarantine part is durable.</summary>
    public const string StageQuarantine = "stage.quarantine";

    /// <summary>The state file of one stage is durable.</summary>
    public const string StageState = "stage.state";

    /// <summary>The manifest is durable.</summary>
    public const string StageManifest = "stage.manifest";

    /// <summary>The prepared record is durable.</summary>
    public const string Prepared = "prepare.record";

    /// <summary>A commit to one target begins.</summary>
    public const string CommitBegin = "commit.begin";

    /// <summary>An upsert has written the rows again that stay of the files that it takes rows from; no log entry names them yet.</summary>
    public const string MergeRewritten = "merge.rewritten";

    /// <summary>Compaction or retention has written rows to new files; no log entry names them yet.</summary>
    public const string SwapRewritten = "swap.rewritten";

    /// <summary>The log entry of a compaction or retention is durable.</summary>
    public const string SwapEntry = "swap.entry";

    /// <summary>The files of a table are written again for a column of a wider type; no log entry names them yet.</summary>
    public const string RetypeRewritten = "retype.rewritten";

    /// <summary>The log entry that gives a column a wider type is durable; the epoch that needs it is not committed.</summary>
    public const string RetypeEntry = "retype.entry";

    /// <summary>The log entry is durable; no checkpoint of it is written yet.</summary>
    public const string CommitEntry = "commit.entry";

    /// <summary>A checkpoint is durable; the hint does not name it yet.</summary>
    public const string CheckpointFile = "checkpoint.file";

    /// <summary>One target has committed.</summary>
    public const string CommitEnd = "commit.end";

    /// <summary>All targets have committed; the prepared record still stands.</summary>
    public const string CompleteBegin = "complete.begin";

    /// <summary>The prepared record is gone; state files that no longer count still stand.</summary>
    public const string CompleteForgotten = "complete.forgotten";

    /// <summary>Half of a small file is written, under a name that nobody looks for. Only where processes are simulated.</summary>
    internal const string WriteTorn = "write.torn";

    /// <summary>The prepared record is gone; grain state does not know it yet.</summary>
    public const string CompleteEnd = "complete.end";
}
