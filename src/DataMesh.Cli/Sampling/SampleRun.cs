using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;
using DataMesh.DataPlane;
using DataMesh.DataPlane.Flow;
using DataMesh.DataPlane.Graph;
using DataMesh.DataPlane.Ledger;

namespace DataMesh.Cli.Sampling;

/// <summary>What a run into memory gave. Owns the rows.</summary>
internal sealed record SampleResult(
    BoundGraph Graph, IReadOnlyDictionary<string, RowsSink> Sinks, MemoryQuarantine Quarantine, IReadOnlyList<StageCounts> Ledger) : IDisposable
{
    public void Dispose()
    {
        foreach (var sink in Sinks.Values) sink.Dispose();
    }
}

/// <summary>Runs a pipeline's sources and stages into memory, by the same data path as a real run: no table, no positions, no state.</summary>
internal sealed class SampleRun(PipelineDefinition definition, ComponentContext context, CancellationToken cancellation)
{
    /// <summary>Enough for every column to widen along the whole lattice.</summary>
    private const int AttemptsMax = 8;

    /// <summary>Runs to the end of the input, or until every way to a sink has seen enough.</summary>
    public async Task<SampleResult> RunAsync()
    {
        var sinks = definition.Sinks.ToDictionary(node => node.Id, node => (RowsSink)node.Sink);
        var quarantine = new MemoryQuarantine();
        foreach (var stage in definition.Stages) await stage.Stage.PrepareAsync(context, cancellation);
        var plans = await DescribeAsync(definition, context, cancellation);
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var graph = GraphBinder.Bind(definition, plans, context);
            var outcome = await RunOnceAsync(graph, quarantine);
            if (outcome.Widenings.Count == 0) return new SampleResult(graph, sinks, quarantine, outcome.Counts.Lines(graph));
            plans = Widen(plans, outcome.Widenings);
            foreach (var sink in sinks.Values) sink.Clear();
            quarantine.Clear();
        }

        throw new DataMeshException("The types of the source's columns could not be settled.", hint: "declare them with 'types' in the source");
    }

    /// <summary>What the sources look like now.</summary>
    public static async Task<List<DecodePlan>> DescribeAsync(PipelineDefinition definition, ComponentContext context, CancellationToken cancellation)
    {
        var plans = new List<DecodePlan>();
        foreach (var node in definition.Sources)
        {
            try
            {
                var description = await node.Source.DescribeAsync(context, cancellation);
                if (description.IsEmpty) throw new DataMeshException($"The source '{node.Id}' is empty, so that its columns are not known.");
                plans.Add(new DecodePlan(description.Schema, Widening: true));
            }
            catch (DataMeshException error) when (error.Location is null)
            {
                throw new DataMeshException(error.Message, node.Location, error.Detail, error.Hint, error);
            }
        }

        return plans;
    }

    private async Task<EpochOutcome> RunOnceAsync(BoundGraph graph, MemoryQuarantine quarantine)
    {
        var writers = new List<SinkWriter>();
        foreach (var sink in graph.Sinks) writers.Add(await sink.Sink.OpenWriterAsync(sink.Schema, context, cancellation));
        await using var feed = new SampleFeed(graph, context, cancellation);
        var path = new DataPath(graph, new PathOptions { Abort = cancellation }, new PathMeter()) { ScansForWidenings = true };
        return await path.RunEpochAsync(feed, writers, quarantine, _ => false);
    }

    private static List<DecodePlan> Widen(IReadOnlyList<DecodePlan> plans, IReadOnlyList<Widening> widenings)
    {
        var widened = plans.Select(plan => plan.Schema.ToList()).ToList();
        foreach (var widening in widenings)
        {
            var fields = widened[widening.Source];
            var at = fields.FindIndex(field => field.Name.Equals(widening.Column, StringComparison.OrdinalIgnoreCase));
            if (at < 0) fields.Add(new Field(widening.Column, widening.Type));
            else fields[at] = fields[at] with { Type = TypeLattice.Join(fields[at].Type, widening.Type) };
        }

        return [.. widened.Select(fields => new DecodePlan(new Schema(fields), Widening: true))];
    }
}
