using System.Globalization;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;
using DataMesh.DataPlane;
using DataMesh.DataPlane.Flow;
using DataMesh.DataPlane.Graph;
using DataMesh.DataPlane.Ledger;
using DataMesh.DataPlane.Quarantine;
using DataMesh.Runtime.Commit;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Audit;

/// <summary>
/// Reads the source ranges of every epoch again, where the files are still the same, and compares the records found with the account. While the pipeline
/// file is the same too and no stage remembers rows, the stages run again, so that what leaves no file (filtered rows) is counted a second time.
/// </summary>
internal sealed class Recount(PipelineRun run, CommittedChain chain)
{
    private int _splits;

    /// <summary>Recounts; returns how many splits were read again.</summary>
    public async Task<int> RunAsync(IReadOnlyList<EpochAudit> epochs, CancellationToken cancellation)
    {
        var present = await SplitRanges.PresentAsync(run, cancellation);
        foreach (var node in run.Definition.Stages) await node.Stage.PrepareAsync(run.Context, cancellation);
        for (var i = 0; i < epochs.Count; i++)
        {
            if (chain.Links[i].Manifest is { } manifest) await CheckAsync(manifest, epochs[i], present, cancellation);
        }

        return _splits;
    }

    private async Task CheckAsync(Manifest manifest, EpochAudit epoch, Dictionary<(string, string), Split> present, CancellationToken cancellation)
    {
        var ranges = manifest.Finished.Concat(manifest.Open).Where(range => range.To > range.From).ToList();
        if (epoch.Settled != (0, 0) && ranges.Count == 0)
        {
            epoch.Notes.Add("the epoch took up records of quarantine: they are not recounted");
            return;
        }

        if (manifest.Reasons.ContainsKey(QuarantineReasons.Poisoned))
        {
            epoch.Notes.Add("a record of the epoch ends every process that reads it: it is not recounted");
            return;
        }

        if (run.Definition.Sources.Any(node => !manifest.SourceSchemas.ContainsKey(node.Id)))
        {
            epoch.Notes.Add("the pipeline has sources that this epoch did not know: not recounted");
            return;
        }

        var same = ranges.Where(range => present.TryGetValue((range.Source, range.Split), out var split) && split.Identity == range.Identity).ToList();
        if (same.Count < ranges.Count)
        {
            epoch.Notes.Add(string.Create(CultureInfo.InvariantCulture, $"{ranges.Count - same.Count} of {ranges.Count} ranges can not be read again: their files are gone or have changed"));
            return;
        }

        try
        {
            var (counted, nodes) = await CountAsync(manifest, same.Select(range => (range, present[(range.Source, range.Split)])).ToList(), cancellation);
            _splits += same.Count;
            Compare(manifest, epoch, counted, nodes, isSameFile: manifest.Version == run.Version);
        }
        catch (DataMeshException error)
        {
            epoch.Notes.Add($"not recounted: {error.Message}");
        }
    }

    private async Task<(IReadOnlyList<StageCounts> Counted, IReadOnlySet<string> Nodes)> CountAsync(
        Manifest manifest, IReadOnlyList<(SplitPosition Range, Split Split)> ranges, CancellationToken cancellation)
    {
        var plans = run.Definition.Sources.Select(node => new DecodePlan(StoredField.ToSchema(manifest.SourceSchemas[node.Id]), Widening: false)).ToList();
        var graph = GraphBinder.Bind(RunsAgain(manifest) ? WithoutSinks(run.Definition) : SourcesOnly(run.Definition), plans, run.Context);
        if (!graph.MayEndAnywhere || graph.Keepers.Any()) graph = GraphBinder.Bind(SourcesOnly(run.Definition), plans, run.Context);
        var path = new DataPath(graph, new PathOptions { Abort = cancellation }, new PathMeter());
        await using var feed = new RangeFeed(graph, ranges, run.Context);
        var writers = new List<SinkWriter>();
        foreach (var sink in graph.Sinks) writers.Add(await sink.Sink.OpenWriterAsync(sink.Schema, run.Context, cancellation));
        var outcome = await path.RunEpochAsync(feed, writers, new NoQuarantine(), _ => false);
        var nodes = run.Definition.Sources.Select(node => node.Id).Concat(graph.Stages.Select(node => node.Id)).ToHashSet();
        return (outcome.Counts.Lines(graph), nodes);
    }

    /// <summary>Whether the stages would do today what they did then. A lookup's reference may have changed since.</summary>
    private bool RunsAgain(Manifest manifest) => manifest.Version == run.Version && run.Definition.Stages.All(node => node.Type != "lookup");

    private static PipelineDefinition WithoutSinks(PipelineDefinition definition) =>
        definition with { Sinks = [.. definition.Sinks.Select(node => node with { Sink = new CountingSink() })] };

    private static PipelineDefinition SourcesOnly(PipelineDefinition definition) => definition with
    {
        Stages = [],
        Sinks = [.. definition.Sources.Select(node => new SinkNode($"{node.Id}.count", "count", new CountingSink(), new Core.Pipelines.NodeOutput(node.Id), node.Location))],
    };

    private static void Compare(Manifest manifest, EpochAudit epoch, IReadOnlyList<StageCounts> counted, IReadOnlySet<string> nodes, bool isSameFile)
    {
        var lines = manifest.Ledger.ToDictionary(line => line.Id);
        foreach (var line in counted.Where(line => nodes.Contains(line.Id)))
        {
            if (!lines.TryGetValue(line.Id, out var stated) || Terms(stated) == Terms(line)) continue;
            // What the drift policy does with records depends on the files before theirs: only what the ranges hold is compared.
            if (IsTreated(manifest) && (stated.In == line.In || !manifest.SourceSchemas.ContainsKey(line.Id))) continue;
            if (stated.In != line.In) epoch.Fail("recount", string.Create(CultureInfo.InvariantCulture, $"'{line.Id}': {line.In} records stand in the ranges of the epoch, the account says {stated.In}"));
            else if (isSameFile) epoch.Fail("recount", $"'{line.Id}' gives {Text(line)} when it runs again, the account says {Text(stated)}");
        }
    }

    private static bool IsTreated(Manifest manifest) =>
        manifest.Reasons.ContainsKey(QuarantineReasons.StructuralDrift) || manifest.Reasons.ContainsKey(QuarantineReasons.CutOff) || manifest.Shapes.Values.Any(shape => shape.Columns.Any(column => column.IsLoose));

    private static (long, long, long, long, long, long, long) Terms(StageCounts line) =>
        (line.In, line.Created, line.Out, line.Filtered, line.Quarantined, line.Deduplicated, line.Absorbed);

    private static string Text(StageCounts line) => string.Create(CultureInfo.InvariantCulture,
        $"out {line.Out}, created {line.Created}, filtered {line.Filtered}, quarantined {line.Quarantined}, deduplicated {line.Deduplicated}, absorbed {line.Absorbed}");

    private sealed class NoQuarantine : IQuarantine
    {
        public ValueTask AddAsync(IReadOnlyList<BadRecord> records, CancellationToken cancellation) => ValueTask.CompletedTask;
    }
}
