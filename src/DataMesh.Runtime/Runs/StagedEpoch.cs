using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Drift;
using DataMesh.DataPlane.Flow;
using DataMesh.DataPlane.Ledger;
using DataMesh.Runtime.Commit;

namespace DataMesh.Runtime.Runs;

/// <summary>An epoch whose files are all written and durable, and which nobody sees yet.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Outcome">How the data path ended.</param>
/// <param name="Ledger">One line per node.</param>
/// <param name="Outputs">Files per sink.</param>
/// <param name="Bad">The quarantine part, if any.</param>
/// <param name="Reasons">Records set aside by reason.</param>
/// <param name="SourceSchemas">Schemas the sources were decoded with.</param>
/// <param name="StartedAt">When reading began.</param>
/// <param name="StagedAt">When everything was durable.</param>
public sealed record StagedEpoch(
    long Epoch, EpochOutcome Outcome, IReadOnlyList<StageCounts> Ledger, IReadOnlyList<StagedOutput> Outputs, (string File, long Rows, long Bytes)? Bad,
    IReadOnlyDictionary<string, long> Reasons, IReadOnlyList<Schema> SourceSchemas, DateTimeOffset StartedAt, DateTimeOffset StagedAt)
{
    /// <summary>Splits read to their end.</summary>
    public required IReadOnlyList<SplitPosition> Finished { get; init; }

    /// <summary>Changes of structure met.</summary>
    public IReadOnlyList<DriftEvent> Drift { get; init; } = [];

    /// <summary>The structure of each source after the epoch, by source id.</summary>
    public IReadOnlyDictionary<string, StoredShape> Shapes { get; init; } = new Dictionary<string, StoredShape>();

    /// <summary>Splits read half.</summary>
    public required IReadOnlyList<SplitPosition> Open { get; init; }

    /// <summary>Deletes the staged files, when the epoch could not be prepared. Never called once a prepared record may name them.</summary>
    public Action Discard { get; init; } = static () => { };

    /// <summary>What stages keep, as files.</summary>
    public IReadOnlyList<StageState> State { get; init; } = [];
}
