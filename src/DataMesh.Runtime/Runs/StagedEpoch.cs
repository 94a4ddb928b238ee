using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Drift;
using DataMesh.DataPlane.Ledger;
using DataMesh.Runtime.Commit;
using DataMesh.Runtime.Groups;

namespace DataMesh.Runtime.Runs;

/// <summary>An epoch whose files are all written and durable, and which nobody sees yet.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="IsDrained">Whether the input came to its end (or no stage can use more of it).</param>
/// <param name="Ledger">One line per node.</param>
/// <param name="Outputs">Files per sink.</param>
/// <param name="Bad">The quarantine parts.</param>
/// <param name="Reasons">Records set aside by reason.</param>
/// <param name="SourceSchemas">Schemas the sources were decoded with.</param>
/// <param name="StartedAt">When reading began.</param>
/// <param name="StagedAt">When everything was durable.</param>
public sealed record StagedEpoch(
    long Epoch, bool IsDrained, IReadOnlyList<StageCounts> Ledger, IReadOnlyList<StagedOutput> Outputs, IReadOnlyList<QuarantinePart> Bad,
    IReadOnlyDictionary<string, long> Reasons, IReadOnlyList<Schema> SourceSchemas, DateTimeOffset StartedAt, DateTimeOffset StagedAt)
{
    /// <summary>Splits read to their end.</summary>
    public IReadOnlyList<SplitPosition> Finished { get; init; } = [];

    /// <summary>Changes of structure met.</summary>
    public IReadOnlyList<DriftEvent> Drift { get; init; } = [];

    /// <summary>The structure of each source after the epoch, by source id.</summary>
    public IReadOnlyDictionary<string, StoredShape> Shapes { get; init; } = new Dictionary<string, StoredShape>();

    /// <summary>Splits read half: one per task at most.</summary>
    public IReadOnlyList<HeldSplit> Held { get; init; } = [];

    /// <summary>Positions of the splits read half.</summary>
    public IReadOnlyList<SplitPosition> Open => [.. Held.Select(split => split.Position)];

    /// <summary>Deletes the staged files, when the epoch could not be prepared. Never called once a prepared record may name them.</summary>
    public Action Discard { get; init; } = static () => { };

    /// <summary>What stages keep, as files.</summary>
    public IReadOnlyList<StageState> State { get; init; } = [];
}
