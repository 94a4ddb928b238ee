using DataMesh.Core.Components;

namespace DataMesh.Runtime.Commit;

/// <summary>The durable intent of an epoch. Once it exists the epoch will be committed, by this process or by the one after it.</summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="AppId">Pipeline id / commit group, as in the Delta txn.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="PreparedId">Unique identity of this record.</param>
/// <param name="Manifest">File name of the manifest.</param>
/// <param name="Replace">Whether the targets' rows are replaced.</param>
/// <param name="Targets">What each target commits.</param>
/// <param name="TimeMs">Milliseconds since 1970.</param>
public sealed record PreparedRecord(
    string Pipeline, string AppId, long Epoch, string PreparedId, string Manifest, bool Replace, IReadOnlyList<PreparedTarget> Targets, long TimeMs)
{
    /// <summary>Fencing token of the activation that prepared it.</summary>
    public long Fence { get; init; }
}

/// <summary>One target's part of a prepared record.</summary>
/// <param name="Sink">The sink's id in the pipeline.</param>
/// <param name="Path">The target.</param>
/// <param name="Domain">Name of the domain metadata entry.</param>
/// <param name="DomainJson">Its content: a <see cref="CommittedPosition"/>.</param>
/// <param name="Schema">Schema of the staged rows.</param>
/// <param name="Files">The staged files.</param>
public sealed record PreparedTarget(
    string Sink, string Path, string Domain, string DomainJson, IReadOnlyList<StoredField> Schema, IReadOnlyList<StagedFile> Files)
{
    /// <summary>Columns that become as wide in the target as in the staged rows.</summary>
    public IReadOnlyList<string> Retyped { get; init; } = [];

    /// <summary>The commit that this part stands for.</summary>
    public SinkCommit ToCommit(PreparedRecord record) => new(
        record.AppId, record.Epoch, record.PreparedId, Domain, DomainJson, new StagedOutput(StoredField.ToSchema(Schema), Files), record.TimeMs, record.Replace)
    {
        Retyped = Retyped ?? [],
    };
}
