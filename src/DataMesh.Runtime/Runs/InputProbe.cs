using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.Core;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Runtime.Groups;

namespace DataMesh.Runtime.Runs;

/// <summary>
/// Reads pieces of the input as an epoch would, with the state that stages have kept, and lets go of what comes of them: whether the process lives through it
/// is all that is asked. Another run than the one that it is done for, so that nothing of that one changes.
/// </summary>
internal sealed class InputProbe(PipelineRun run, int cores)
{
    /// <summary>About how much a piece holds where nothing is known yet.</summary>
    private const long FirstSize = 64 << 20;

    private PipelineRun? _probing;
    private bool _mayEnd;

    /// <summary>The targets may stand elsewhere by now.</summary>
    public void Clear() => _probing = null;

    /// <summary>Reads the piece, if it is not done with, and finds the next one.</summary>
    public async Task<GrainEvent> DoAsync(ProbeInput probe, IReadOnlyList<PendingSplit> pending, CancellationToken cancellation)
    {
        await BeginAsync(pending, cancellation);
        if (probe.At is { IsRead: false } at && Find(pending, at) is var number and >= 0) await ReadAsync(pending[number], at, probe.Poisoned, cancellation);
        return new ProbePassed(await NextAsync(probe.At, pending, cancellation));
    }

    private async Task BeginAsync(IReadOnlyList<PendingSplit> pending, CancellationToken cancellation)
    {
        if (_probing is not null) return;
        var probing = new PipelineRun(run.Definition, run.Options with { DryRun = true, RunId = null }, run.Clock, run.StopAtBarrier);
        await Recovery.PeekAsync(probing, cancellation);
        _mayEnd = (await GroupPlan.PrepareAsync(probing, pending, cancellation)).MayEndAnywhere && (run.IsCreating || run.Recovered.Position is not null);
        _probing = probing;
    }

    private int Find(IReadOnlyList<PendingSplit> pending, Probe at)
    {
        for (var i = 0; i < pending.Count; i++)
        {
            if (pending[i].Split.Id == at.Split && pending[i].Split.Identity == at.Identity && run.Definition.Sources[pending[i].Source].Id == at.Source) return i;
        }

        return -1;
    }

    private async Task ReadAsync(PendingSplit pending, Probe at, IReadOnlyList<PoisonedRecord> poisoned, CancellationToken cancellation)
    {
        try
        {
            var piece = new PendingSplit(pending.Source, pending.Split with { End = at.To, MayGrow = false }, at.From);
            await using var group = new TaskGroup(_probing!, [piece], 1, cores, cancellation) { Poisoned = poisoned, IsProbe = true };
            await group.RunEpochAsync(_probing!.Recovered.Position?.Epoch + 1 ?? 0);
        }
        catch (DataMeshException)
        {
            // Whatever is wrong with the piece, the process has lived through it: the epoch that reads it will say it.
        }
    }

    /// <summary>The piece behind another one; null when all was read that an epoch may have read when its process ended.</summary>
    private async Task<Probe?> NextAsync(Probe? at, IReadOnlyList<PendingSplit> pending, CancellationToken cancellation)
    {
        var number = at is null ? 0 : Find(pending, at);
        if (number < 0) return null;
        var from = at?.To ?? (pending.Count > 0 ? pending[0].From : 0);
        var before = at is null ? 0 : at.Before + at.To - at.From;
        var (size, limit) = at is { Size: > 0, Limit: >= 0 } && from < at.Limit ? (at.Size, at.Limit) : (0, -1);
        for (; number < pending.Count && before <= InputMax; number++)
        {
            if (from - pending[number].From <= EpochMax && await CutAsync(pending[number], from, size, limit, cancellation) is { } next) return next with { Before = before };
            if (number + 1 < pending.Count) from = pending[number + 1].From;
            (size, limit) = (0, -1);
        }

        return null;
    }

    /// <summary>The piece that begins at a position; null when nothing is there.</summary>
    private async Task<Probe?> CutAsync(PendingSplit pending, long from, long size, long limit, CancellationToken cancellation)
    {
        var node = run.Definition.Sources[pending.Source];
        var wanted = size > 0 ? size : FirstSize;
        var plan = new DecodePlan((await node.Source.DescribeAsync(run.Context, cancellation)).Schema, Widening: false);
        var context = run.Context.InBlocksOf((int)Math.Min(wanted, Limits.BlockBytes));
        var split = limit < 0 ? pending.Split : pending.Split with { End = limit, MayGrow = false };
        await using var reader = await node.Source.OpenAsync(split, from, plan, context, cancellation);
        var (begin, end, blocks) = (-1L, -1L, 0);
        while (begin < 0 || end - begin < wanted)
        {
            using var block = await reader.ReadAsync(cancellation);
            if (block is null) break;
            if (begin < 0) begin = block.Start;
            (end, blocks) = (block.End, blocks + 1);
        }

        return blocks == 0 ? null : new Probe(node.Id, pending.Split.Id, pending.Split.Identity, begin, end) { Size = size, Limit = limit, IsRecord = wanted == 1 };
    }

    /// <summary>No epoch reads more of one split before it is committed; without limit where epochs can only end with their input.</summary>
    private long EpochMax => _mayEnd ? 2 * run.EpochBytes : long.MaxValue;

    /// <summary>Nor more of all splits, each task being in the middle of one.</summary>
    private long InputMax => _mayEnd ? 2 * run.EpochBytes * (1 + (run.Options.Parallelism ?? run.Definition.Parallelism)) : long.MaxValue;
}
