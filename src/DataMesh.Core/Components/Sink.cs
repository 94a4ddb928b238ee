using DataMesh.Core.Columns;

namespace DataMesh.Core.Components;

/// <summary>What a sink promises.</summary>
public enum DeliveryGuarantee
{
    /// <summary>Rows and source position become visible as one unit.</summary>
    ExactlyOnce,
    /// <summary>Rows can repeat after a crash.</summary>
    AtLeastOnce,
}

/// <summary>Where rows end, as declared: the options. A Delta table, or a file.</summary>
public abstract class Sink
{
    /// <summary>What the sink promises.</summary>
    public abstract DeliveryGuarantee Guarantee { get; }

    /// <summary>The name under which people and grains know the target.</summary>
    public abstract string TargetName { get; }

    /// <summary>Absolute folder or file of the target, also the place of its prepared records and manifests.</summary>
    public abstract string TargetPath(ComponentContext context);

    /// <summary>Whether each run reads everything again and replaces all rows of the target (<c>mode: overwrite</c>).</summary>
    public virtual bool Replaces => false;

    /// <summary>How rows replace those with the same key (<c>mode: upsert</c>); null when rows are only added.</summary>
    public virtual Upsert? Upsert => null;

    /// <summary>
    /// Whether an epoch that replaces everything may follow appended ones: a run that creates the target may then commit epoch by epoch and still start
    /// again with wider types. Without it, the run that creates the target is one epoch.
    /// </summary>
    public virtual bool CanStartOver => false;

    /// <summary>Whether rows with more columns than those before can be added to what is there.</summary>
    public virtual bool TakesNewColumns => true;

    /// <summary>Whether several writers may stage rows of one epoch side by side, for one commit.</summary>
    public virtual bool TakesParts => false;

    /// <summary>
    /// Where the runtime keeps its own files beside the target: <c>_datamesh</c> (prepared records, manifests), <c>_quarantine</c>.
    /// Inside a table's folder; a sink whose target is a file answers <c>folder/name/file</c>.
    /// </summary>
    public virtual string SideFolder(ComponentContext context, string name) => Path.Combine(TargetPath(context), name);

    /// <summary>
    /// The target as it is: last committed epoch of <paramref name="appId"/> and the table's schema. Cheap: called at every start.
    /// </summary>
    public abstract ValueTask<TargetState> ReadStateAsync(string appId, ComponentContext context, CancellationToken cancellation);

    /// <summary>
    /// Checks whether the options go with the rows and with the target as it is, so far as that can be told without writing. Throws
    /// <see cref="Errors.DataMeshException"/> with the place in the pipeline file.
    /// </summary>
    /// <param name="schema">What the rows have.</param>
    /// <param name="replaces">Whether the rows will replace all that the target holds.</param>
    /// <param name="context">Surroundings.</param>
    public virtual void Check(Schema schema, bool replaces, ComponentContext context)
    {
    }

    /// <summary>
    /// Opens a writer for one epoch of one task. <paramref name="schema"/> is what the rows have; throws when the target can not take it.
    /// </summary>
    public abstract ValueTask<SinkWriter> OpenWriterAsync(Schema schema, ComponentContext context, CancellationToken cancellation);

    /// <summary>
    /// Opens a writer of rows that will replace all that the target holds, whatever the sink's own mode says (a rebuild). A sink that checks
    /// rows against those that are there overrides this, since they need not agree.
    /// </summary>
    public virtual ValueTask<SinkWriter> OpenReplacingWriterAsync(Schema schema, ComponentContext context, CancellationToken cancellation) =>
        OpenWriterAsync(schema, context, cancellation);

    /// <summary>Whether the target can give a column that it has another, wider type, together with the rows that are there.</summary>
    public virtual bool CanRetype(string column, ComponentContext context) => false;

    /// <summary>Opens a writer of rows in which some columns are wider than in the target: the commit will retype them.</summary>
    /// <param name="schema">What the rows have.</param>
    /// <param name="retyped">The columns that are wider, for each of which <see cref="CanRetype"/> holds.</param>
    /// <param name="context">Surroundings.</param>
    /// <param name="cancellation">Ends the work.</param>
    public virtual ValueTask<SinkWriter> OpenRetypingWriterAsync(Schema schema, IReadOnlyList<string> retyped, ComponentContext context, CancellationToken cancellation) =>
        OpenWriterAsync(schema, context, cancellation);

    /// <summary>
    /// Commits what was staged: for a table by one log entry, idempotent by (appId, epoch). Called by the target's only committer.
    /// Returns the version made, or the one made earlier when this very commit was already there.
    /// </summary>
    public abstract ValueTask<long> CommitAsync(SinkCommit commit, ComponentContext context, CancellationToken cancellation);

    /// <summary>
    /// Called before an epoch is prepared: from here on no <see cref="CleanUp"/> of another process takes away what it staged. Throws when one has.
    /// </summary>
    /// <param name="staged">What all tasks staged.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="context">Surroundings.</param>
    public virtual void Claim(StagedOutput staged, long epoch, ComponentContext context)
    {
    }

    /// <summary>Deletes what a task staged, when the epoch ends without having been prepared. A writer in the same process does so by itself.</summary>
    public virtual void Discard(StagedOutput staged, ComponentContext context)
    {
        foreach (var file in staged.Files) File.Delete(Path.Combine(TargetPath(context), file.Path));
    }

    /// <summary>
    /// Deletes what earlier runs of the pipeline staged and left, when they were killed. Called at a start that finds no epoch prepared; what a run stages that is
    /// still going on stays, and what a later epoch than the last committed one claimed.
    /// </summary>
    /// <param name="committed">The last committed epoch; -1 when there is none.</param>
    /// <param name="context">Surroundings.</param>
    public virtual void CleanUp(long committed, ComponentContext context)
    {
    }
}

/// <summary>What the target itself says was committed: it outranks grain state.</summary>
/// <param name="Version">Version of the table, -1 when it does not exist.</param>
/// <param name="Schema">The table's schema, or null when it does not exist.</param>
/// <param name="Epoch">Last epoch committed by the app id, -1 when none.</param>
/// <param name="PreparedId">The prepared id of that epoch.</param>
/// <param name="Domain">The rest of the domain metadata that was committed with it, JSON, or null.</param>
public sealed record TargetState(long Version, Schema? Schema, long Epoch, string? PreparedId, string? Domain)
{
    /// <summary>Whether the target holds rows that no commit brought, so that none may replace them unasked.</summary>
    public bool HoldsOtherRows { get; init; }

    /// <summary>How many of the versions brought no rows of anyone: compaction, retention.</summary>
    public long Upkeep { get; init; }

    /// <summary>Declared options that take no effect on the target as it is, each as a sentence for people that names the difference.</summary>
    public IReadOnlyList<string> WithoutEffect { get; init; } = [];
}

/// <summary>Writes the rows of one epoch as immutable files that nobody sees until they are committed.</summary>
public abstract class SinkWriter : IAsyncDisposable
{
    /// <summary>An encoder for one core.</summary>
    public abstract SinkEncoder CreateEncoder();

    /// <summary>Appends encoded rows; called in order, by one caller at a time.</summary>
    public abstract ValueTask AppendAsync(EncodedRows rows, CancellationToken cancellation);

    /// <summary>Closes and fsyncs the files and says what they are.</summary>
    public abstract ValueTask<StagedOutput> StageAsync(CancellationToken cancellation);

    /// <summary>Bytes written to files so far.</summary>
    public abstract long BytesWritten { get; }

    /// <summary>Deletes what was staged: its epoch ends without having been prepared, and nobody will ever name the files. May come after the end.</summary>
    public virtual void Discard()
    {
    }

    /// <summary>Deletes what was not staged.</summary>
    public abstract ValueTask DisposeAsync();
}

/// <summary>Encodes batches on one core: the expensive part of writing, done in parallel.</summary>
public abstract class SinkEncoder
{
    /// <summary>Encodes consecutive batches as one unit (a row group). The batches stay the caller's.</summary>
    public abstract EncodedRows Encode(IReadOnlyList<RecordBatch> batches);
}

/// <summary>What an encoder made, ready to be appended by its <see cref="SinkWriter"/>.</summary>
public abstract class EncodedRows : IDisposable
{
    /// <summary>Rows in it.</summary>
    public abstract long Rows { get; }

    /// <summary>Memory it holds, in bytes.</summary>
    public abstract long ByteSize { get; }

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>Files that an epoch staged for one target.</summary>
/// <param name="Schema">The schema of the rows in them.</param>
/// <param name="Files">The files.</param>
public sealed record StagedOutput(Schema Schema, IReadOnlyList<StagedFile> Files)
{
    /// <summary>Rows in all files.</summary>
    public long Rows => Files.Sum(file => file.Rows);
}

/// <summary>One staged file.</summary>
/// <param name="Path">Relative to the target, with <c>/</c>, not percent-encoded.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="Partition">Partition values as Delta writes them (null for null), in partition column order; empty when not partitioned.</param>
/// <param name="Statistics">Delta statistics JSON (numRecords, minValues, maxValues, nullCount), or null.</param>
/// <param name="ModifiedMs">Milliseconds since 1970 when it was written.</param>
public sealed record StagedFile(string Path, long Bytes, long Rows, IReadOnlyDictionary<string, string?> Partition, string? Statistics, long ModifiedMs)
{
    /// <summary>Path of the staged file whose rows these are, in wider types, because the target was retyped after it was staged; null for all others.</summary>
    public string? StagedAs { get; init; }
}

/// <summary>One target's part of a prepared record.</summary>
/// <param name="AppId">Pipeline GUID / group: the Delta txn's app id.</param>
/// <param name="Epoch">The epoch: the Delta txn's version.</param>
/// <param name="PreparedId">Identity of the prepared record.</param>
/// <param name="Domain">Name of the domain metadata entry, e.g. <c>datamesh.birdstrikes.0</c>.</param>
/// <param name="DomainJson">Its configuration: JSON with epoch, prepared id, positions of open splits, manifest.</param>
/// <param name="Output">The staged files and their schema; no files means an empty epoch, which still moves the position.</param>
/// <param name="TimeMs">Milliseconds since 1970 for commitInfo and txn.lastUpdated.</param>
/// <param name="Replace">Whether all rows that the target holds now are replaced by these (overwrite mode, or a rebuild); the schema may then change freely.</param>
public sealed record SinkCommit(
    string AppId, long Epoch, string PreparedId, string Domain, string DomainJson, StagedOutput Output, long TimeMs, bool Replace = false)
{
    /// <summary>Columns whose type in the target is to become as wide as in the staged rows, if it is not.</summary>
    public IReadOnlyList<string> Retyped { get; init; } = [];
}
