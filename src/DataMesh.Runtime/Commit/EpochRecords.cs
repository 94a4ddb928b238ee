using System.Text.Json;
using DataMesh.Core.Storage;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Commit;

/// <summary>Writes the manifest of a staged epoch and makes its prepared record.</summary>
internal static class EpochRecords
{
    public static PreparedRecord Make(PipelineRun run, StagedEpoch staged)
    {
        var id = Guid.NewGuid().ToString("N");
        var name = run.Account.Write(ToManifest(run, staged, id));
        CrashPoint.Reached(CrashPoints.StageManifest);
        var position = new CommittedPosition(staged.Epoch, id, name, staged.Open);
        var domain = JsonSerializer.Serialize(position, RuntimeJson.Default.CommittedPosition);
        var targets = run.Definition.Sinks.Select((node, i) => new PreparedTarget(
            node.Id, node.Sink.TargetPath(run.Context), run.Domain, domain, StoredField.From(staged.Outputs[i].Schema), staged.Outputs[i].Files)).ToList();
        return new PreparedRecord(
            run.Definition.Name, run.AppId, staged.Epoch, id, name, run.Replaces, targets, run.Clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    private static Manifest ToManifest(PipelineRun run, StagedEpoch staged, string id) => new(
        run.Definition.Name, run.Version, staged.Epoch, id, run.Replaces ? null : run.LastManifest, staged.Ledger, staged.Finished, staged.Open,
        staged.Bad is { } bad ? [new QuarantinePart(bad.File, bad.Rows, bad.Bytes)] : [], staged.Reasons,
        run.Definition.Sources.Select((node, i) => (node.Id, Schema: StoredField.From(staged.SourceSchemas[i]))).ToDictionary(entry => entry.Id, entry => entry.Schema),
        staged.StartedAt, staged.StagedAt);
}
