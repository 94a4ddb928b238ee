using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;
using DataMesh.Runtime.Groups;

namespace DataMesh.Runtime.Runs;

/// <summary>
/// Runs a part of a pipeline from the start of its sources, as a dry run that has read nothing yet: with the types that the targets have, every split judged by
/// the drift policy. Rows go to the part's own sinks; nothing else is written.
/// </summary>
public static class PeekRun
{
    /// <summary>Runs to the end of the input, or until a stage has seen enough; returns what was set aside, by reason.</summary>
    /// <param name="whole">The pipeline, whose targets are looked at; null when there is none.</param>
    /// <param name="part">The part of it that is run.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<IReadOnlyDictionary<string, long>> RunAsync(PipelineDefinition? whole, PipelineDefinition part, CancellationToken cancellation)
    {
        var run = new PipelineRun(part, new RunOptions { Once = true, DryRun = true }, TimeProvider.System, CancellationToken.None);
        run.Begin(await SeenAsync(whole, cancellation) with { Targets = [.. part.Sinks.Select(_ => new TargetState(-1, null, -1, null, null))] });
        run.StartOver();
        var pending = new List<PendingSplit>();
        for (var number = 0; number < part.Sources.Count; number++) pending.AddRange(await ListAsync(run, number, cancellation));
        await using var group = new TaskGroup(run, pending, 1, Environment.ProcessorCount, cancellation);
        await group.RunEpochAsync(0);
        return run.Outcome.Quarantine;
    }

    /// <summary>What is committed, without what was known of splits: all of them are looked at again, in their order.</summary>
    private static async Task<Recovered> SeenAsync(PipelineDefinition? whole, CancellationToken cancellation)
    {
        if (whole is null) return Recovered.Nothing;
        var run = new PipelineRun(whole, new RunOptions { Once = true }, TimeProvider.System, CancellationToken.None);
        await Recovery.PeekAsync(run, cancellation);
        return run.Recovered with { Shapes = Recovered.Nothing.Shapes, Open = Recovered.Nothing.Open };
    }

    private static async Task<List<PendingSplit>> ListAsync(PipelineRun run, int number, CancellationToken cancellation)
    {
        var node = run.Definition.Sources[number];
        try
        {
            if ((await node.Source.DescribeAsync(run.Context, cancellation)).IsEmpty) throw new DataMeshException($"The source '{node.Id}' is empty, so that its columns are not known.");
            var found = new List<PendingSplit>();
            await foreach (var split in node.Source.EnumerateAsync(run.Context, cancellation)) found.Add(new PendingSplit(number, split, split.Start));
            return found;
        }
        catch (DataMeshException error) when (error.Location is null)
        {
            throw new DataMeshException(error.Message, node.Location, error.Detail, error.Hint, error);
        }
    }
}
