using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;
using DataMesh.DataPlane.Ledger;
using DataMesh.Runtime.Audit;
using DataMesh.Runtime.Commit;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Quarantine;

/// <summary>Asks for an epoch that takes records out of quarantine instead of reading the sources.</summary>
/// <param name="Filter">Which records.</param>
/// <param name="IsReplay">True: they go through the pipeline again. False: they are given up.</param>
public sealed record SettleRequest(QuarantineFilter Filter, bool IsReplay);

/// <summary>What a settling run did, or would not do.</summary>
/// <param name="Records">Records settled.</param>
/// <param name="LeftOut">Records that were meant and stay where they are, by why.</param>
public sealed record SettleResult(long Records, IReadOnlyDictionary<string, long> LeftOut);

/// <summary>
/// The records that one epoch settles, chosen after recovery: what an interrupted replay had prepared is committed by then and no longer waits.
/// </summary>
internal sealed class Settlement
{
    private readonly Dictionary<string, RowSet> _rows = [];
    private readonly Dictionary<string, long> _leftOut = [];
    private readonly Dictionary<(string, string?, string), long> _causes = [];

    private Settlement(PipelineDefinition definition, bool isReplay) => (Definition, IsReplay) = (definition, isReplay);

    /// <summary>The pipeline that the epoch runs: its sources give the chosen records.</summary>
    public PipelineDefinition Definition { get; private set; }

    /// <summary>Whether records are replayed, or discarded.</summary>
    public bool IsReplay { get; }

    /// <summary>How many records.</summary>
    public long Records => _rows.Values.Sum(rows => rows.Count);

    /// <summary>What the epoch's account says of them.</summary>
    public IReadOnlyList<SettledRecords> Settled => [.. _rows.Select(part => new SettledRecords(part.Key, part.Value.Ranges, IsReplay))];

    /// <summary>The outcome for people.</summary>
    public SettleResult Result => new(Records, _leftOut);

    /// <summary>Chooses the records.</summary>
    public static async Task<Settlement> SelectAsync(PipelineRun run, SettleRequest request, CancellationToken cancellation)
    {
        Require(run);
        var chain = await CommittedChain.ReadAsync(run, cancellation);
        var parts = new QuarantineParts(QuarantineView.FolderOf(run), chain.Manifests);
        var settlement = new Settlement(run.Definition, request.IsReplay);
        var replay = new ReplayGroups(run, parts);
        foreach (var record in parts.Read(request.Filter with { State = RecordState.Waiting }))
        {
            cancellation.ThrowIfCancellationRequested();
            if (request.IsReplay && replay.Add(record) is { } why) settlement._leftOut[why] = settlement._leftOut.GetValueOrDefault(why) + 1;
            else settlement.Take(record);
        }

        if (request.IsReplay) settlement.Definition = replay.ToDefinition();
        return settlement;
    }

    /// <summary>An epoch without rows that settles the records: only the position moves.</summary>
    public StagedEpoch StageNothing(PipelineRun run, long epoch)
    {
        var now = run.Clock.GetUtcNow();
        var outputs = run.Recovered.Targets.Select(target => new StagedOutput(target.Schema ?? new Schema([]), [])).ToList();
        var schemas = run.Definition.Sources.Select(node => run.Recovered.SourceSchemas.GetValueOrDefault(node.Id) ?? new Schema([])).ToList();
        return new StagedEpoch(epoch, true, [], outputs, [], new Dictionary<string, long>(), schemas, now, now) { State = run.States, Shapes = run.Recovered.Shapes };
    }

    /// <summary>
    /// Whether an epoch of these records leaves everything as it is: all of them were set aside for what they had been set aside for, and nothing else came
    /// of them. Committing it would only move them to another part.
    /// </summary>
    public bool IsInVain(IReadOnlyList<StageCounts> ledger, IReadOnlyDictionary<(string Reason, string? Rule, string Stage), long> causes) =>
        causes.Count == _causes.Count && causes.All(each => _causes.GetValueOrDefault(each.Key) == each.Value)
        && ledger.All(line => line.Filtered + line.Deduplicated + line.Absorbed == 0)
        && Definition.Sinks.All(node => ledger.All(line => line.Id != node.Id || line.Out == 0));

    /// <summary>Leaves all records where they are.</summary>
    public SettleResult GiveUp()
    {
        _leftOut["they fail again as they did"] = Records;
        _rows.Clear();
        return Result;
    }

    private void Take(QuarantinedRecord record)
    {
        var cause = (record.Reason, record.Rule, record.Stage);
        _causes[cause] = _causes.GetValueOrDefault(cause) + 1;
        if (!_rows.TryGetValue(record.Part, out var rows)) _rows.Add(record.Part, rows = new RowSet());
        rows.Add(new RowRange(record.Row, 1));
    }

    private static void Require(PipelineRun run)
    {
        if (run.IsCreating && run.LastManifest is not null)
            throw new DataMeshException("The run that creates the pipeline's tables has not come to its end: types may still widen.", hint: "run the pipeline to its end first");
        if (!run.Replaces) return;
        var node = run.Definition.Sinks.FirstOrDefault(each => each.Sink.Replaces) ?? run.Definition.Sinks[0];
        throw new DataMeshException(
            $"'{node.Id}' replaces all of its rows with every run: records of its quarantine can not be settled one by one.", node.Location,
            hint: "correct the pipeline file or the data, and run it again");
    }
}
