using System.Text.Json;
using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Tasks;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Runtime.Commit;

namespace DataMesh.Runtime.Runs;

/// <summary>What the targets say of earlier runs.</summary>
/// <param name="Targets">State per sink.</param>
/// <param name="Position">The last committed position, or null.</param>
/// <param name="Finished">Every split that was read to its end, by (source, split): its identity then, and where the end was.</param>
/// <param name="Open">Splits read half, by (source, split).</param>
/// <param name="SourceSchemas">Schemas that the sources were decoded with, by source id.</param>
public sealed record Recovered(
    IReadOnlyList<TargetState> Targets, CommittedPosition? Position, IReadOnlyDictionary<(string, string), SplitPosition> Finished,
    IReadOnlyDictionary<(string, string), SplitPosition> Open, IReadOnlyDictionary<string, Schema> SourceSchemas)
{
    /// <summary>The structure that each source had last, by source id.</summary>
    public IReadOnlyDictionary<string, StoredShape> Shapes { get; init; } = new Dictionary<string, StoredShape>();

    /// <summary>The state of stages as of that position.</summary>
    public IReadOnlyList<StageState> States { get; init; } = [];

    /// <summary>Whether the run that creates the targets, with this very pipeline file, has not come to its end.</summary>
    public bool IsCreating { get; init; }

    /// <summary>Manifests read before one with an index of finished splits was met.</summary>
    public int ManifestsSinceIndex { get; init; }

    /// <summary>A first run.</summary>
    public static Recovered Nothing { get; } = new(
        [], null, new Dictionary<(string, string), SplitPosition>(), new Dictionary<(string, string), SplitPosition>(), new Dictionary<string, Schema>());
}

/// <summary>
/// The start of every run: reads each target's own state, which outranks everything else, and finds a prepared epoch that a target has not committed.
/// </summary>
public static class Recovery
{
    /// <summary>Looks; answers with <see cref="PreparedFound"/> or <see cref="PositionsFound"/>.</summary>
    public static async Task<GrainEvent> LookAsync(PipelineRun run, CancellationToken cancellation)
    {
        var targets = new List<TargetState>();
        foreach (var node in run.Definition.Sinks) targets.Add(await node.Sink.ReadStateAsync(run.AppId, run.Context, cancellation));
        var last = targets.Max(target => target.Epoch);
        if (FindUncommitted(run, targets, last + 1) is { } next) return next;
        if (last >= 0 && FindUncommitted(run, targets, last) is { } found) return found;
        CheckAgreement(run, targets, last);
        if (!run.Replaces) foreach (var option in targets.SelectMany(target => target.WithoutEffect)) run.Outcome.Tell(option);
        run.Begin(Read(run, targets, last));
        return new PositionsFound(last + 1);
    }

    /// <summary>Takes in what is committed, and leaves all that a run would first put in order as it is.</summary>
    public static async Task PeekAsync(PipelineRun run, CancellationToken cancellation)
    {
        var targets = new List<TargetState>();
        foreach (var node in run.Definition.Sinks) targets.Add(await node.Sink.ReadStateAsync(run.AppId, run.Context, cancellation));
        run.Begin(Read(run, targets, targets.Max(target => target.Epoch)));
    }

    private static PreparedFound? FindUncommitted(PipelineRun run, List<TargetState> targets, long epoch)
    {
        if (run.Account.FindPrepared(epoch) is not { } record) return null;
        var lacking = new List<string>();
        foreach (var target in record.Targets)
        {
            var at = run.Definition.Sinks.ToList().FindIndex(node => node.Id == target.Sink);
            if (at < 0)
            {
                throw new DataMeshException(
                    $"Epoch {epoch} was prepared for the sink '{target.Sink}', which the pipeline no longer has.", new Location(run.Account.PreparedPath(epoch)),
                    hint: "run the earlier pipeline file once more, or delete the prepared record to give its rows up");
            }

            if (targets[at].Epoch < epoch) lacking.Add(target.Path);
        }

        if (lacking.Count == 0)
        {
            run.Account.Forget(epoch);
            return null;
        }

        run.Outcome.Tell($"Epoch {epoch} had been prepared and not committed everywhere: committing it first.");
        return new PreparedFound(epoch, new PreparedFacts(epoch, record.PreparedId, run.Account.PreparedPath(epoch), lacking));
    }

    private static void CheckAgreement(PipelineRun run, List<TargetState> targets, long last)
    {
        for (var i = 0; i < targets.Count; i++)
        {
            var node = run.Definition.Sinks[i];
            if (targets[i].Epoch == last) continue;
            if (targets[i].Epoch >= 0)
            {
                throw new DataMeshException(
                    $"'{node.Id}' stands at epoch {targets[i].Epoch}, the pipeline's other targets at {last}: an older copy of it was put back.", node.Location,
                    hint: "restore all targets of the pipeline together, or run with --rebuild");
            }

            if (!run.Replaces) run.Outcome.Tell($"'{node.Id}' is new: it starts with the rows read from now on (--rebuild fills it from the beginning).");
        }
    }

    private static Recovered Read(PipelineRun run, List<TargetState> targets, long last)
    {
        var domain = targets.FirstOrDefault(target => target.Epoch == last && target.Domain is not null)?.Domain;
        var position = last < 0 || domain is null ? null : JsonSerializer.Deserialize(domain, RuntimeJson.Default.CommittedPosition);
        if (position is null || run.Replaces) return Recovered.Nothing with { Targets = targets };
        var latest = run.Account.ReadManifest(position.Manifest);
        if (latest.Version != run.Version)
            run.Outcome.Tell($"The pipeline file has changed since epoch {latest.Epoch}: rows committed before stay as they are (--rebuild reads everything again).");
        if (latest.Run is { } soFar && soFar.RunId == run.RunId) run.Outcome.GoOnFrom(soFar, run.Meter.BytesRead);
        var (finished, manifests) = Finished(run.Account, position.Manifest);
        return new Recovered(
            targets, position, finished, position.Open.ToDictionary(split => (split.Source, split.Split)),
            latest.SourceSchemas.ToDictionary(entry => entry.Key, entry => StoredField.ToSchema(entry.Value)))
        {
            Shapes = latest.Shapes,
            States = latest.State,
            IsCreating = latest.IsCreating && latest.Version == run.Version,
            ManifestsSinceIndex = manifests,
        };
    }

    /// <summary>Walks the manifests back to the first, or to one that has an index of everything before it.</summary>
    private static (Dictionary<(string, string), SplitPosition> Finished, int Manifests) Finished(Account account, string last)
    {
        var finished = new Dictionary<(string, string), SplitPosition>();
        var manifests = 0;
        foreach (var manifest in account.Chain(last))
        {
            foreach (var split in manifest.Finished) finished.TryAdd((split.Source, split.Split), split);
            if (manifest.Index is { } name && account.ReadIndex(name) is { } index)
            {
                foreach (var split in index.Finished) finished.TryAdd((split.Source, split.Split), split);
                return (finished, manifests);
            }

            manifests++;
        }

        return (finished, manifests);
    }
}
