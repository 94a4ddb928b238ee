using DataMesh.Core.Columns;
using DataMesh.Core.Drift;
using DataMesh.DataPlane.Ledger;

namespace DataMesh.Runtime.Commit;

/// <summary>The durable account of an epoch: a JSON file beside the data, written before the epoch is prepared.</summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Version">Hash of the pipeline file.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="PreparedId">Identity of the prepared record that names this manifest.</param>
/// <param name="Previous">File name of the manifest before this one; null for the first, and after a replacement of all rows.</param>
/// <param name="Ledger">One line per node.</param>
/// <param name="Finished">Splits read to their end.</param>
/// <param name="Open">Splits read half.</param>
/// <param name="Quarantine">Parts with the records set aside.</param>
/// <param name="Reasons">Records set aside by reason.</param>
/// <param name="SourceSchemas">The schema that each source was decoded with: later epochs pin it.</param>
/// <param name="StartedAt">When reading began.</param>
/// <param name="StagedAt">When everything was staged.</param>
public sealed record Manifest(
    string Pipeline, string Version, long Epoch, string PreparedId, string? Previous, IReadOnlyList<StageCounts> Ledger,
    IReadOnlyList<SplitPosition> Finished, IReadOnlyList<SplitPosition> Open, IReadOnlyList<QuarantinePart> Quarantine,
    IReadOnlyDictionary<string, long> Reasons, IReadOnlyDictionary<string, IReadOnlyList<StoredField>> SourceSchemas,
    DateTimeOffset StartedAt, DateTimeOffset StagedAt)
{
    /// <summary>What stages remember from epoch to epoch, as files; empty for pipelines whose stages remember nothing.</summary>
    public IReadOnlyList<StageState> State { get; init; } = [];

    /// <summary>Changes of structure that this epoch met for the first time.</summary>
    public IReadOnlyList<DriftEvent> Drift { get; init; } = [];

    /// <summary>
    /// Whether everything that the targets hold comes from the run that creates them, and that run has not come to the end of its input: types may still
    /// widen, by an epoch that starts over and replaces all of it.
    /// </summary>
    public bool IsCreating { get; init; }

    /// <summary>
    /// File name of an index of all splits finished up to this epoch, beside the manifests; null for most. A shortcut for finding positions: without the
    /// file, the chain of manifests says the same.
    /// </summary>
    public string? Index { get; init; }

    /// <summary>The structure of each source after this epoch, by source id.</summary>
    public IReadOnlyDictionary<string, StoredShape> Shapes { get; init; } = new Dictionary<string, StoredShape>();

    /// <summary>Quarantined records of earlier epochs that this epoch replayed or discarded.</summary>
    public IReadOnlyList<SettledRecords> Settled { get; init; } = [];

    /// <summary>The files that this epoch wrote, by sink; null in accounts that were written before they were kept.</summary>
    public IReadOnlyList<SinkOutput>? Outputs { get; init; }

    /// <summary>What the run has committed with this epoch, for those who watch it; null where nobody watches.</summary>
    public RunSoFar? Run { get; init; }
}

/// <summary>What an epoch wrote for one sink.</summary>
/// <param name="Sink">The sink's id.</param>
/// <param name="Files">The files.</param>
public sealed record SinkOutput(string Sink, IReadOnlyList<OutputFile> Files);

/// <summary>A file that an epoch wrote.</summary>
/// <param name="Path">Relative to the target, with <c>/</c>.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="Bytes">Its size.</param>
public sealed record OutputFile(string Path, long Rows, long Bytes);

/// <summary>The state files of one stage, oldest first: the first is whole, each later one holds what changed since.</summary>
/// <param name="Stage">The stage's id.</param>
/// <param name="Files">File names under <c>_datamesh/state</c> of the first target.</param>
public sealed record StageState(string Stage, IReadOnlyList<StateFile> Files)
{
    /// <summary>The task whose keys it is, where keys were divided among several.</summary>
    public int Task { get; init; }

    /// <summary>Among how many tasks the keys were divided.</summary>
    public int Tasks { get; init; } = 1;
}

/// <summary>One state file.</summary>
public sealed record StateFile(string File, long Bytes);

/// <summary>All splits finished up to an epoch.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Finished">The splits.</param>
public sealed record FinishedIndex(long Epoch, IReadOnlyList<SplitPosition> Finished);

/// <summary>Rows of a quarantine part that no longer wait.</summary>
/// <param name="Part">File name of the part.</param>
/// <param name="Rows">Row numbers in it as ranges: first row and count, ascending.</param>
/// <param name="IsReplayed">True when they went through the pipeline again in this epoch (also as a part of the whole record, when their file was cut off), false when they were discarded.</param>
public sealed record SettledRecords(string Part, IReadOnlyList<RowRange> Rows, bool IsReplayed);

/// <summary>Consecutive rows.</summary>
public sealed record RowRange(long From, long Count);

/// <summary>A file of bad records under <c>_quarantine</c> of the first target.</summary>
public sealed record QuarantinePart(string File, long Rows, long Bytes);

/// <summary>A field of a schema as it is persisted.</summary>
public sealed record StoredField(string Name, string Type, bool Nullable)
{
    /// <summary>A schema as stored fields.</summary>
    public static IReadOnlyList<StoredField> From(Schema schema) => [.. schema.Select(each => new StoredField(each.Name, each.Type.ToString(), each.Nullable))];

    /// <summary>Stored fields as a schema.</summary>
    public static Schema ToSchema(IReadOnlyList<StoredField> fields) => new(fields.Select(each =>
        new Field(each.Name, DataType.TryParse(each.Type, out var type) ? type : DataType.String, each.Nullable)));
}
