using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Pipelines;

namespace DataMesh.Runtime.Runs;

/// <summary>
/// How the next run would see its sources and targets, found without changing anything: after the first commit the types of the columns are those that
/// the table was made with, whatever the newest file looks like.
/// </summary>
public sealed class RunPreview
{
    private readonly PipelineRun _run;

    private RunPreview(PipelineRun run, IReadOnlyList<DecodePlan> plans) => (_run, Plans) = (run, plans);

    /// <summary>What each source is decoded with.</summary>
    public IReadOnlyList<DecodePlan> Plans { get; }

    /// <summary>The plans for the sources of a part of the pipeline.</summary>
    public IReadOnlyList<DecodePlan> PlansOf(PipelineDefinition part)
    {
        var ids = _run.Definition.Sources.Select(node => node.Id).ToList();
        return [.. part.Sources.Select(node => Plans[ids.IndexOf(node.Id)])];
    }

    /// <summary>The pipeline with the stages that a run puts before its sinks.</summary>
    public PipelineDefinition Whole => Complete(_run);

    /// <summary>Looks at the targets, then at what is new in the sources; null when nothing is committed that a run would go on from.</summary>
    public static async Task<RunPreview?> FindAsync(PipelineDefinition definition, CancellationToken cancellation)
    {
        var run = new PipelineRun(definition, new RunOptions { Once = true }, TimeProvider.System, cancellation);
        await Recovery.PeekAsync(run, cancellation);
        if (run.Recovered.SourceSchemas.Count == 0) return null;
        var pending = new List<PendingSplit>();
        for (var number = 0; number < definition.Sources.Count; number++)
        {
            await foreach (var split in definition.Sources[number].Source.EnumerateAsync(run.Context, cancellation))
                if (await Remains.FindAsync(run, number, split, cancellation) is { } rest) pending.Add(rest);
        }

        return new RunPreview(run, (await SourcePlans.DescribeAsync(run, pending, cancellation)).Plans);
    }

    /// <summary>The stages that a run adds: while a table is created its types follow the rows; afterwards rows follow the table's types.</summary>
    internal static PipelineDefinition Complete(PipelineRun run) => Complete(run.Definition, FixedSchemas(run));

    /// <inheritdoc cref="Complete(PipelineRun)"/>
    internal static PipelineDefinition Complete(PipelineDefinition definition, IReadOnlyList<Schema?> schemas) => Upserting.Insert(Conforming.Insert(definition, schemas));

    /// <summary>The schema of each target that the rows must fit.</summary>
    internal static IReadOnlyList<Schema?> FixedSchemas(PipelineRun run) =>
        [.. run.Definition.Sinks.Select((_, i) => run.ReplacesNext || run.IsCreating ? null : run.Recovered.Targets[i].Schema)];
}
