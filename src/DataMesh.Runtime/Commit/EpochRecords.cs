using System.Text.Json;
using DataMesh.Core.Storage;
using DataMesh.DataPlane.Ledger;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Commit;

/// <summary>Writes the manifest of a staged epoch and makes its prepared record.</summary>
internal static class EpochRecords
{
    public static PreparedRecord Make(PipelineRun run, StagedEpoch staged)
    {
        // Records of quarantine are no part of any split: the sources stand where they stood.
        if (run.Settlement is not null) staged = staged with { Finished = [], Held = [] };
        var id = Guid.NewGuid().ToString("N");
        var open = Open(run, staged);
        var index = run.Splits.IsIndexDue ? run.Account.Write(run.Splits.ToIndex(staged), id) : null;
        var name = run.Account.Write(ToManifest(run, staged, id, open) with { Index = index });
        CrashPoint.Reached(CrashPoints.StageManifest);
        var position = new CommittedPosition(staged.Epoch, id, name, open);
        var domain = JsonSerializer.Serialize(position, RuntimeJsonWriting.Default.CommittedPosition);
        var targets = run.Definition.Sinks.Select((node, i) => new PreparedTarget(
            node.Id, node.Sink.TargetPath(run.Context), run.Domain, domain, StoredField.From(staged.Outputs[i].Schema), staged.Outputs[i].Files)
        {
            Retyped = run.RetypedOf(i),
        }).ToList();
        return new PreparedRecord(
            run.Definition.Name, run.AppId, staged.Epoch, id, name, run.ReplacesNext, targets, run.Clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    private static Manifest ToManifest(PipelineRun run, StagedEpoch staged, string id, IReadOnlyList<SplitPosition> open) => new(
        run.Definition.Name, run.Version, staged.Epoch, id, run.ReplacesNext ? null : run.LastManifest, staged.Ledger, staged.Finished, open,
        staged.Bad, staged.Reasons,
        run.Definition.Sources.Select((node, i) => (node.Id, node.EntersAt, Schema: StoredField.From(staged.SourceSchemas[i]))).Where(entry => entry.EntersAt is null).ToDictionary(entry => entry.Id, entry => entry.Schema),
        staged.StartedAt, staged.StagedAt)
    {
        State = staged.State,
        IsCreating = run.IsCreating && !staged.IsDrained,
        Settled = run.Settlement?.Settled ?? run.CutOffs.SettledBy(staged.Finished.Concat(staged.Open)),
        Outputs = [.. run.Definition.Sinks.Select((node, i) => new SinkOutput(
            node.Id, [.. staged.Outputs[i].Files.Select(file => new OutputFile(file.Path, file.Rows, file.Bytes))]))],
        Drift = staged.Drift,
        Shapes = staged.Shapes,
        Run = run.Options.RunId is null ? null : SoFar(run, staged),
    };

    private static RunSoFar SoFar(PipelineRun run, StagedEpoch staged)
    {
        var before = run.StartsOver ? RunSoFar.Nothing with { BytesRead = run.Meter.BytesRead } : run.Outcome.SoFar(run.Meter.BytesRead);
        return before with { RunId = run.RunId, Epochs = before.Epochs + 1, Stages = StageCounts.Sum([before.Stages, staged.Ledger]) };
    }

    /// <summary>
    /// The splits that are read half after this epoch: its own, and those of earlier epochs that it did not come to (new files may be read first,
    /// or the file is away for a while). Without them the next process would read these from their start.
    /// </summary>
    private static IReadOnlyList<SplitPosition> Open(PipelineRun run, StagedEpoch staged)
    {
        if (run.Open.Count == 0) return staged.Open;
        var touched = staged.Open.Concat(staged.Finished).Select(split => (split.Source, split.Split)).ToHashSet();
        return [.. staged.Open, .. run.Open.Where(split => !touched.Contains((split.Source, split.Split))).Select(split => split with { From = split.To, Continues = 0 })];
    }
}
