namespace DataMesh.Core;

/// <summary>Every bound of the runtime stands here. A bound that is met is an error or a quarantined record, never an out-of-memory.</summary>
public static class Limits
{
    /// <summary>Most rows in one record batch.</summary>
    public const int BatchRowsMax = 64 * 1024;

    /// <summary>Most bytes of column memory in one record batch (a single larger record makes a batch of its own).</summary>
    public const int BatchBytesMax = 8 << 20;

    /// <summary>Raw bytes that a reader hands to a decoder at once: small enough to stay in a core's second-level cache.</summary>
    public const int BlockBytes = 1 << 20;

    /// <summary>Longest record in bytes; a longer one is set aside in quarantine.</summary>
    public const int RecordBytesMax = 16 << 20;

    /// <summary>How much of an oversized or broken record quarantine keeps, in bytes.</summary>
    public const int QuarantineBytesKeptMax = 64 << 10;

    /// <summary>Most records in the window in which those that are set aside are counted.</summary>
    public const long BadWindowMax = 10_000_000;

    /// <summary>Most columns in one schema.</summary>
    public const int ColumnsMax = 10_000;

    /// <summary>Deepest nesting of a JSON value.</summary>
    public const int NestingDepthMax = 64;

    /// <summary>Deepest nesting of an expression.</summary>
    public const int ExpressionDepthMax = 200;

    /// <summary>Longest expression in characters.</summary>
    public const int ExpressionLengthMax = 64 << 10;

    /// <summary>Bytes of batches in flight that one task may hold before its reader waits.</summary>
    public const long TaskBytesInFlightMax = 12L << 20;

    /// <summary>Bytes of batches in flight that all tasks of a silo together may hold before their readers wait.</summary>
    public const long SiloBytesInFlightMax = 96L << 20;

    /// <summary>Bytes of idle column memory that the process keeps for the next batch.</summary>
    public const long PooledBytesMax = 96L << 20;

    /// <summary>Bytes that a keyed stage (deduplicate, aggregate, lookup) may hold unless its options say otherwise.</summary>
    public const long KeyedStateBytesMax = 1L << 30;

    /// <summary>Rows held until the next barrier to find the last of every key: beyond this many bytes the epoch ends early.</summary>
    public const long UpsertBytesPerEpoch = 128L << 20;

    /// <summary>Largest grain state, in bytes of its JSON form.</summary>
    public const int GrainStateBytesMax = 64 << 10;

    /// <summary>Events from outside that may wait for one grain; more are refused, to be told again.</summary>
    public const int MailboxEventsMax = 1000;

    /// <summary>Events of one grain to another silo that may wait to be delivered; beyond this the sender fails.</summary>
    public const int OutboxEventsMax = 10_000;

    /// <summary>Largest message from silo to silo, in bytes.</summary>
    public const int MessageBytesMax = 1 << 20;

    /// <summary>Largest message between a commit group's coordinator and a task instance in another silo, in bytes: it names every file that the instance staged.</summary>
    public const int GroupMessageBytesMax = 64 << 20;

    /// <summary>Longest key of a grain, in characters.</summary>
    public const int GrainKeyLengthMax = 4096;

    /// <summary>Entries that are kept of a grain's event stream.</summary>
    public const int StreamEntriesMax = 1000;

    /// <summary>Largest entry of a grain's event stream, in bytes.</summary>
    public const int StreamEntryBytesMax = 32 << 10;

    /// <summary>Longest message in a pipeline's log, in characters; the rest is cut off.</summary>
    public const int LogMessageMax = 4096;

    /// <summary>Lines of logs that may wait to be written; beyond this the newest are dropped.</summary>
    public const int LogLinesWaitingMax = 10_000;

    /// <summary>Versions that are kept of a submitted pipeline.</summary>
    public const int PipelineVersionsMax = 20;

    /// <summary>Largest pipeline file, in bytes.</summary>
    public const int PipelineFileBytesMax = 4 << 20;

    /// <summary>Lines of the ledger that a pipeline's grain keeps for people; longer ones are told by the silo that runs it, and by the manifests.</summary>
    public const int StagesToldMax = 200;

    /// <summary>Most tasks of one pipeline.</summary>
    public const int ParallelismMax = 256;

    /// <summary>Most values in one pipeline file, aliases counted as often as they are used.</summary>
    public const int PipelineNodesMax = 200_000;

    /// <summary>Largest file that a secret reference may name, in bytes.</summary>
    public const int SecretBytesMax = 64 << 10;

    /// <summary>Bytes read from the head of a file to find its format and first schema.</summary>
    public const int SampleBytes = 1 << 20;

    /// <summary>Splits whose heads are looked at before an epoch begins; columns that come later make it start again.</summary>
    public const int SplitsForeseenMax = 64;

    /// <summary>Row groups of written Parquet files aim at this many rows.</summary>
    public const int RowGroupRows = 128 * 1024;

    /// <summary>A data file of a dataset is closed when it has grown past this many bytes.</summary>
    public const long DataFileBytes = 256L << 20;

    /// <summary>Most partitions that one epoch may write to.</summary>
    public const int PartitionsPerEpochMax = 10_000;
}
