using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Runtime.Commit;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Audit;

/// <summary>
/// Follows every split through the epochs: ranges begin at its start, leave no gap and do not overlap; a split is finished once, at its end.
/// </summary>
internal sealed class SplitRanges
{
    private const int LineEndBytesMax = 2;

    private readonly PipelineRun _run;
    private readonly Dictionary<(string Source, string Split), Split> _present;
    private readonly Dictionary<(string Source, string Split), Progress> _splits = [];

    private SplitRanges(PipelineRun run, Dictionary<(string, string), Split> present) => (_run, _present) = (run, present);

    /// <summary>Splits met so far.</summary>
    public int Splits => _splits.Count;

    /// <summary>Begins with what the sources hold now: only a file that is still the same can be compared with.</summary>
    public static async Task<SplitRanges> OpenAsync(PipelineRun run, CancellationToken cancellation) => new(run, await PresentAsync(run, cancellation));

    /// <summary>The splits that exist now, by source and id. A source that can not be listed has none.</summary>
    public static async Task<Dictionary<(string Source, string Split), Split>> PresentAsync(PipelineRun run, CancellationToken cancellation)
    {
        var present = new Dictionary<(string, string), Split>();
        foreach (var node in run.Definition.Sources)
        {
            try
            {
                await foreach (var split in node.Source.EnumerateAsync(run.Context, cancellation)) present[(node.Id, split.Id)] = split;
            }
            catch (DataMeshException)
            {
                // The source may be gone for good; what was read from it is accounted for all the same.
            }
        }

        return present;
    }

    public async Task CheckAsync(Manifest manifest, EpochAudit epoch, CancellationToken cancellation)
    {
        foreach (var open in manifest.Open) Follow(open, epoch);
        foreach (var finished in manifest.Finished)
        {
            Follow(finished, epoch);
            _splits[(finished.Source, finished.Split)].IsFinished = true;
            if (await EndAsync(finished, cancellation) is { } fault) epoch.Fail("ranges", fault);
        }

        var named = manifest.Open.Concat(manifest.Finished).Select(split => (split.Source, split.Split)).ToHashSet();
        foreach (var (key, progress) in _splits)
        {
            if (progress.IsFinished || named.Contains(key)) continue;
            epoch.Fail("ranges", $"'{key.Split}' was read up to {progress.To} before, and this epoch has lost its position");
            progress.IsFinished = true;
        }
    }

    private void Follow(SplitPosition range, EpochAudit epoch)
    {
        var key = (range.Source, range.Split);
        if (range.To < range.From) epoch.Fail("ranges", $"'{range.Split}' was read from {range.From} back to {range.To}");
        if (!_splits.TryGetValue(key, out var before))
        {
            var start = _present.TryGetValue(key, out var split) && split.Identity == range.Identity ? split.Start : 0;
            if (range.From != start) epoch.Fail("ranges", $"gap: '{range.Split}' begins at {start} and was first read from {range.From}");
            _splits[key] = new Progress { To = range.To };
            return;
        }

        // A last record without a line end: the range goes on behind the line end, or begins with that record again.
        var from = range.Continues > 0 ? range.Continues : range.From;
        if (range.From - from > LineEndBytesMax) epoch.Fail("ranges", $"gap: '{range.Split}' was read up to {from} and goes on from {range.From}");
        if (from > before.To) epoch.Fail("ranges", $"gap: '{range.Split}' was read up to {before.To} and goes on from {from}");
        else if (from < before.To) epoch.Fail("ranges", $"overlap: '{range.Split}' was read up to {before.To} and again from {from}");
        (before.To, before.IsFinished) = (range.To, false);
    }

    /// <summary>Whether nothing follows where a split was finished; null when that holds or can not be checked any more.</summary>
    private async Task<string?> EndAsync(SplitPosition range, CancellationToken cancellation)
    {
        if (!_present.TryGetValue((range.Source, range.Split), out var split) || split.Identity != range.Identity || range.To == split.Bytes) return null;
        var source = _run.Definition.Sources.First(node => node.Id == range.Source).Source;
        try
        {
            // A last record that its writer was not done with is left on purpose.
            if (source.HasMore(split, range.To, _run.Context)) return null;
            var schema = (await source.DescribeAsync(_run.Context, cancellation)).Schema;
            await using var reader = await source.OpenAsync(split, range.To, new DecodePlan(schema, Widening: true, [0]), _run.Context, cancellation);
            using var block = await reader.ReadAsync(cancellation);
            return block is null ? null : $"'{range.Split}' was finished at {range.To}, and records follow up to {block.End} at least";
        }
        catch (DataMeshException)
        {
            return null;
        }
    }

    private sealed class Progress
    {
        public long To { get; set; }

        public bool IsFinished { get; set; }
    }
}
