using System.Globalization;
using DataMesh.Core.Pipelines;
using DataMesh.DataPlane.Ledger;
using DataMesh.Runtime.Commit;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Audit;

/// <summary>
/// Checks the account of a pipeline, epoch by epoch from the first: the equation of every stage, rows against Parquet footers and log entries,
/// quarantine parts and what was replayed or discarded of them, and the ranges of the splits.
/// </summary>
public static class LedgerAudit
{
    /// <summary>Audits what the pipeline has committed. Reads only.</summary>
    /// <param name="definition">The pipeline.</param>
    /// <param name="recount">Whether to read the source ranges again and count their records.</param>
    /// <param name="cancellation">Stops the audit.</param>
    /// <param name="blockBytes">Size of the blocks that the pipeline read in: ranges of some formats end only where a block did.</param>
    public static async Task<LedgerReport> RunAsync(PipelineDefinition definition, bool recount, CancellationToken cancellation, int blockBytes = Core.Limits.BlockBytes)
    {
        var run = new PipelineRun(definition, new RunOptions { BlockBytes = blockBytes }, TimeProvider.System, cancellation);
        var chain = await CommittedChain.ReadAsync(run, cancellation);
        var epochs = chain.Links.Select(Begin).ToList();
        var files = new OutputFiles(run, chain);
        var quarantine = new QuarantineAudit(run);
        var ranges = await SplitRanges.OpenAsync(run, cancellation);
        for (var i = 0; i < epochs.Count; i++)
        {
            if (chain.Links[i].Manifest is not { } manifest) continue;
            cancellation.ThrowIfCancellationRequested();
            var epoch = epochs[i];
            CheckOrder(chain, i, epoch);
            CheckEquations(run, manifest, epoch);
            files.Check(manifest, epoch);
            quarantine.Check(manifest, epoch);
            await ranges.CheckAsync(manifest, epoch, cancellation);
        }

        if (chain.Position is { } position && epochs.Count > 0) CheckPosition(position, chain.Links[^1], epochs[^1]);
        var recounted = recount ? await new Recount(run, chain).RunAsync(epochs, cancellation) : 0;
        return new LedgerReport(
            definition.Name, epochs, quarantine.Quarantined, quarantine.Replayed, quarantine.Discarded, files.Checked + quarantine.PartsChecked,
            files.LogEntriesChecked, ranges.Splits, recounted);
    }

    private static EpochAudit Begin(ChainLink link)
    {
        if (link.Manifest is not { } manifest)
        {
            var lost = new EpochAudit(link.Epoch, link.Name, "", null, []);
            lost.Fail("account", $"the account '{link.Name}' can not be read ({link.Fault}); epochs before it can not be checked");
            return lost;
        }

        return new EpochAudit(manifest.Epoch, link.Name, manifest.Version, manifest.StagedAt, manifest.Ledger) { Settled = QuarantineAudit.Count(manifest) };
    }

    private static void CheckOrder(CommittedChain chain, int at, EpochAudit epoch)
    {
        var manifest = chain.Links[at].Manifest!;
        if (!chain.Links[at].Name.Contains(manifest.PreparedId, StringComparison.Ordinal) || chain.Links[at].Name.Split('-') is not [.., var number, _]
            || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var named) || named != manifest.Epoch)
            epoch.Fail("account", $"the account's name '{chain.Links[at].Name}' is not that of epoch {manifest.Epoch}, prepared id {manifest.PreparedId}");
        if (at > 0 && chain.Links[at - 1].Epoch != manifest.Epoch - 1)
            epoch.Fail("account", $"epoch {manifest.Epoch} follows epoch {chain.Links[at - 1].Epoch}: what lies between is missing");
    }

    private static void CheckPosition(CommittedPosition position, ChainLink last, EpochAudit epoch)
    {
        if (last.Manifest is not { } manifest) return;
        if (position.Epoch != manifest.Epoch || position.PreparedId != manifest.PreparedId)
            epoch.Fail("account", $"the table stands at epoch {position.Epoch} ({position.PreparedId}), the account it names is of epoch {manifest.Epoch} ({manifest.PreparedId})");
        if (!position.Open.ToHashSet().SetEquals(manifest.Open)) epoch.Fail("account", "the table and the account disagree on which splits are read half");
    }

    private static void CheckEquations(PipelineRun run, Manifest manifest, EpochAudit epoch)
    {
        foreach (var line in manifest.Ledger.Where(line => !line.Closes)) epoch.Fail("equation", Equation(line));
        if (manifest.Version == run.Version && epoch.Settled == (0, 0)) CheckFlows(run.Definition, manifest, epoch);
    }

    private static string Equation(StageCounts line) => string.Create(CultureInfo.InvariantCulture,
        $"'{line.Id}': in {line.In} + created {line.Created} is not out {line.Out} + filtered {line.Filtered} + quarantined {line.Quarantined} + deduplicated {line.Deduplicated} + absorbed {line.Absorbed}");

    /// <summary>What leaves a node comes into the next. Only where it can be told: nodes with several outputs count them together.</summary>
    private static void CheckFlows(PipelineDefinition definition, Manifest manifest, EpochAudit epoch)
    {
        var lines = manifest.Ledger.ToDictionary(line => line.Id);
        foreach (var stage in definition.Stages) Compare(stage.Id, stage.Inputs);
        foreach (var sink in definition.Sinks)
        {
            var first = new[] { $"{sink.Id}.conform", $"{sink.Id}.latest" }.FirstOrDefault(lines.ContainsKey) ?? sink.Id;
            Compare(first, [sink.Input]);
        }

        void Compare(string id, IReadOnlyList<NodeOutput> inputs)
        {
            if (inputs.Any(input => definition.Stages.FirstOrDefault(stage => stage.Id == input.Node) is { Stage.Outputs.Count: > 1 })) return;
            if (!lines.TryGetValue(id, out var line) || !inputs.All(input => lines.ContainsKey(input.Node))) return;
            var sent = inputs.Sum(input => lines[input.Node].Out);
            if (sent != line.In)
                epoch.Fail("flow", string.Create(CultureInfo.InvariantCulture, $"{sent} rows left {string.Join(", ", inputs.Select(input => $"'{input.Node}'"))}, {line.In} came into '{id}'"));
        }
    }
}
